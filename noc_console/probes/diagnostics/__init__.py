"""Built-in diagnostics: each ours, without a shell, bounded in time; one file each, the registry is a dict."""
