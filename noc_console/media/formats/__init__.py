"""What a channel's picture and sound are by stream, container and manifest, against the channel's own record."""
