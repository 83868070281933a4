"""The command line: `goodword COMMAND`. Each command lives in a module of its own."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from keyword import iskeyword

import click
from django.core.exceptions import ImproperlyConfigured

from goodword import __version__

# name: (module, one line); loaded only when asked for, so that --help is quick.
COMMANDS = {
    "run": ("serving", "Serve everything in one process: web, worker, mail in and out."),
    "web": ("serving", "Serve the pages only; run `goodword work` beside it."),
    "work": ("serving", "Do the work only: mail in and out, reminders."),
    "setup": ("setting_up", "Make owner, business and first inbox without a browser."),
    "migrate": ("upkeep", "Bring the database up to date (run and web do it by themselves)."),
    "mail": ("mail", "Take in a message from standard input, or explain how one is read."),
    "promises": ("promises", "Find the promises in texts, as JSON lines."),
    "import": ("importing", "Take years of old mail in from an mbox file or a Maildir."),
    "questions": ("questions", "Read what is asked in messages, and whether an answer serves it."),
    "rescue": ("rescuing", "Let somebody in again who lost password or second factor."),
    "example": ("example", "Furnish an example to look around in, in an empty folder."),
    "check": ("upkeep", "Prove that nothing is lost and nobody waits unowed."),
    "doctor": ("doctor", "Say in words what is wrong with this installation."),
    "bench": ("bench", "Measure what Goodword costs, and what it survives."),
    "backup": ("backing_up", "Write database, files and keys into one file."),
    "restore": ("backing_up", "Bring a backup back into an empty data folder."),
}


class _Commands(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f"goodword.cli.{COMMANDS[name][0]}")
        # A keyword can't be a function's name: `import` is `import_`.
        command: click.Command = getattr(module, f"{name}_" if iskeyword(name) else name)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Settings come from the environment: docs/settings.md. Data lies in GOODWORD_DATA.",
)
@click.version_option(__version__, prog_name="goodword")
def group() -> None:
    """Goodword, a customer-service desk that keeps its word.

    Start with `goodword run` and open the address it prints.
    """


def main() -> None:
    """Run the command line; a wrong setting ends it with one sentence, not with a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodword.settings")
    try:
        group(prog_name="goodword")
    except ImproperlyConfigured as wrong:
        print(f"goodword: {wrong}", file=sys.stderr)
        sys.exit(78)  # EX_CONFIG


def begin() -> None:
    """Load Django; the first line of every command that needs it. Raises ImproperlyConfigured."""
    import django

    django.setup()
