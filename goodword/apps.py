from django.apps import AppConfig
from django.db.backends.signals import connection_created


class GoodwordConfig(AppConfig):
    """Wires the rooms together once all of them are loaded."""

    name = "goodword"
    label = "goodword"

    def ready(self) -> None:
        from goodword import wiring
        from goodword.core import planned

        wiring.wire()
        connection_created.connect(planned.on_connected)
