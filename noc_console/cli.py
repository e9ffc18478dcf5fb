"""The command line: each command is one call into the room that does it, imported only when asked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from noc_console.errors import KnownError

app = typer.Typer(
    name="noc-console",
    help="Watch live television channels from headend to edge.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Db = Annotated[Path | None, typer.Option(help="The history file; ./local.db in a checkout.")]
ReadOnly = Annotated[bool, typer.Option(help="Show a capsule or a backup: nothing is measured or changed.")]


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Open the console when no command is given."""
    if context.invoked_subcommand is None:
        console(file=None, db=None, attach="", theme="", read_only=False)


@app.command()
def console(
    file: Annotated[Path | None, typer.Argument(help="An evidence capsule (.noccap) to open.")] = None,
    db: Db = None,
    attach: Annotated[str, typer.Option(help="URL of a running agent instead of our own.")] = "",
    theme: Annotated[str, typer.Option(help="Colours: safe (default), dark.")] = "",
    read_only: ReadOnly = False,
) -> None:
    """Open the console on its own agent, attach it to a running one, or look at a capsule or a backup."""
    if not _has_display():
        _without_display(file or db, attach, read_only=read_only or file is not None)
    from noc_console.views.app import run

    is_read_only = read_only or file is not None
    raise typer.Exit(run(db=file or db, attach=attach, theme=theme, is_read_only=is_read_only))


@app.command("open")
def open_file(
    file: Annotated[Path, typer.Argument(help="An evidence capsule (.noccap), or a backup of a history.")],
    theme: Annotated[str, typer.Option(help="Colours: safe (default), dark.")] = "",
) -> None:
    """Open a capsule or a backup read-only, in the same views, without any network."""
    console(file=file, db=None, attach="", theme=theme, read_only=True)


def _has_display() -> bool:
    """Say whether Qt has somewhere to draw."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _without_display(db: Path | None, attach: str, *, read_only: bool = False) -> NoReturn:
    """Run the same agent with a live table in the terminal instead of the window."""
    if attach:
        raise KnownError("There is no display here to open the console on; set DISPLAY or WAYLAND_DISPLAY.")
    does = "showing it over the API only" if read_only else "running the agent with a table in this terminal"
    typer.echo(f"No display here: {does}.", err=True)
    agent(db=db, port=0, demo="no" if read_only else "auto", table=not read_only, read_only=read_only)
    raise typer.Exit(0)


@app.command()
def agent(
    db: Db = None,
    host: Annotated[str, typer.Option(help="Address to listen on; loopback until TLS is there.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8443,
    workers: Annotated[int, typer.Option(help="Worker processes.")] = 1,
    decode_workers: Annotated[
        int, typer.Option(help="Decoder processes for picture and sound; 0: none, -1: half of the cores.")
    ] = -1,
    demo: Annotated[str, typer.Option(help="Demo channels: auto (when none is configured), yes, no.")] = "no",
    table: Annotated[bool, typer.Option(help="Show a live table in this terminal.")] = False,
    read_only: ReadOnly = False,
    embedded: Annotated[bool, typer.Option(hidden=True)] = False,
    token_fd: Annotated[int, typer.Option(hidden=True)] = -1,
    ready_fd: Annotated[int, typer.Option(hidden=True)] = -1,
) -> None:
    """Run the agent without a screen."""
    from noc_console.agent.main import Launch, run

    launch = Launch(db, host, port, workers, demo, table, embedded, token_fd, ready_fd, read_only, decode_workers)
    from noc_console.api.server import serve

    raise typer.Exit(run(launch, serve))


@app.command()
def lab(
    channels: Annotated[int, typer.Option(min=1, max=500, help="How many channels to serve.")] = 12,
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.")] = 8090,
    segment_s: Annotated[float, typer.Option(help="Segment duration in seconds.")] = 6.0,
    log: Annotated[Path | None, typer.Option(help="Write the access log here (JSON lines).")] = None,
    multicast: Annotated[int, typer.Option(min=0, max=500, help="Send this many channels as multicast too.")] = 0,
    multicast_mbps: Annotated[float, typer.Option(min=0, max=50, help="Rate of each; 0: what it needs.")] = 0.0,
    hdr: Annotated[int, typer.Option(min=0, max=4, help="Serve this many HDR10 channels beside them.")] = 0,
    ready_fd: Annotated[int, typer.Option(hidden=True)] = -1,
) -> None:
    """Serve endless live HLS and DASH channels on loopback, some as MPEG-TS multicast, with faults on demand."""
    from noc_console.lab.main import run

    raise typer.Exit(
        run(
            channels=channels,
            port=port,
            segment_s=segment_s,
            log=log,
            ready_fd=ready_fd,
            multicast=multicast,
            multicast_bps=multicast_mbps * 1e6,
            hdr=hdr,
        )
    )


@app.command()
def inspect(
    source: Annotated[
        str, typer.Argument(help="URL or file: .m3u8, .mpd, .ts, .mp4, .wav, .pcap, udp://@group:port, rtp://…")
    ],
    seconds: Annotated[float, typer.Option("--for", help="Watch a live source this long.")] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    header: Annotated[list[str] | None, typer.Option(help="Extra header, 'Name: value'.")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="CA bundle to trust.")] = None,
    decrypt: Annotated[bool, typer.Option(help="Look into AES-128 segments whose key is reachable.")] = False,
    media: Annotated[bool, typer.Option("--media", help="Decode and measure picture and sound too.")] = False,
    init: Annotated[str, typer.Option(help="The initialisation segment of a .m4s file.")] = "",
) -> None:
    """Say what a stream is and what is wrong with it. Exit 0 clean, 1 findings of minor or worse, 2 not possible.

    With exit 2 one sentence stands on stderr and nothing on stdout, also with --json.
    """
    from noc_console.probes.inspect_cli import run

    raise typer.Exit(
        run(
            source,
            seconds=seconds,
            as_json=as_json,
            headers=tuple(header or ()),
            ca_file=str(ca_file or ""),
            is_decrypting=decrypt,
            wants_media=media,
            init=init,
        )
    )


@app.command()
def screenshot(
    view: Annotated[str, typer.Argument(help="overview, wall, channels, channel, alarms, add-channel, lab ...")],
    file: Annotated[Path, typer.Argument(help="Where the PNG goes.")],
    db: Db = None,
    attach: Annotated[str, typer.Option(help="Draw from a running agent.")] = "",
    theme: Annotated[str, typer.Option(help="Colours: safe (default), dark.")] = "",
    size: Annotated[str, typer.Option(help="Width x height.")] = "1920x1080",
    after: Annotated[float, typer.Option(help="Seconds to watch before drawing.")] = 12.0,
) -> None:
    """Draw one view offscreen, from a database, a running agent, or the lab when neither is given."""
    from noc_console.views.screenshot import run

    raise typer.Exit(run(view, file, db=db, attach=attach, theme=theme, size=size, after=after))


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="Which bench; 'list' names them.")] = "list",
    option: Annotated[list[str] | None, typer.Option("-o", help="name=value, e.g. -o seconds=600")] = None,
) -> None:
    """Measure against a peer or a limit in the same run."""
    from noc_console import bench as benches

    if name not in benches.BENCHES:
        typer.echo("\n".join(benches.BENCHES))
        raise typer.Exit(0 if name == "list" else 2)
    options = dict(pair.split("=", 1) for pair in option or ())
    for row in benches.run(name, options):
        sign = {True: "met", False: "NOT MET", None: "not judged"}[row.is_met]
        typer.echo(f"{row.what} | {row.goal} | {row.measured} | {sign} | {row.how}")


@app.command()
def db(
    verb: Annotated[str, typer.Argument(help="info, check, backup, verify")] = "info",
    path: Db = None,
    to: Annotated[Path | None, typer.Option(help="Target file of a backup.")] = None,
) -> None:
    """Look after the history file."""
    from noc_console.history.cli import run

    raise typer.Exit(run(verb, path, to))


@app.command()
def capsule(
    verb: Annotated[str, typer.Argument(help="verify, info, make")],
    file: Annotated[Path, typer.Argument(help="The capsule (.noccap).")],
    db: Db = None,
    incident: Annotated[int, typer.Option(min=0, help="make: of which incident.")] = 0,
) -> None:
    """Say whether an evidence capsule is intact (exit 1 when it was changed), or make one of an incident."""
    from noc_console.history.capsule_cli import run

    raise typer.Exit(run(verb, file, db, incident))


@app.command()
def report(
    what: Annotated[str, typer.Argument(help="incident")],
    number: Annotated[int, typer.Argument(min=1, help="Its number.")],
    form: Annotated[str, typer.Option("--format", help="md, html, csv, json, pdf")] = "md",
    to: Annotated[Path | None, typer.Option(help="Where it goes; else to the terminal.")] = None,
    db: Db = None,
    attach: Annotated[str, typer.Option(help="URL of a running agent.")] = "",
) -> None:
    """Write the report of an incident; drawings of Markdown go beside it. PDF needs the console's parts."""
    from noc_console.views.report_cli import run

    raise typer.Exit(run(what, number, form, to, db=db, attach=attach))


@app.command()
def mib(
    root: Annotated[str, typer.Option(help="OID root of the traps.")] = "1.3.6.1.4.1.37211.100",
    to: Annotated[Path, typer.Option(help="Folder the two modules are written into.")] = Path(),
    text: Annotated[bool, typer.Option(help="Severity as text, where the receiver is set so.")] = False,
) -> None:
    """Write NOC-CONSOLE-MIB anew for an OID root, for the NMS to load."""
    from noc_console.notify.snmp_mib_cli import run

    raise typer.Exit(run(root, to, text))


def main() -> None:
    """Run the command line; a known error is one sentence on stderr and exit code 2."""
    try:
        app()
    except KnownError as error:
        sys.stderr.write(f"noc-console: {error}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
