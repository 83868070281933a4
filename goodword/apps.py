from django.apps import AppConfig


class GoodwordConfig(AppConfig):
    """Wires the rooms together once all of them are loaded."""

    name = "goodword"
    label = "goodword"

    def ready(self) -> None:
        from goodword import wiring

        wiring.wire()
