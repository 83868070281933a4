from django.apps import AppConfig
from django.contrib.auth import management as permissions
from django.contrib.contenttypes import management as contenttypes
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class GoodwordConfig(AppConfig):
    """Wires the rooms together once all of them are loaded."""

    name = "goodword"
    label = "goodword"

    def ready(self) -> None:
        from goodword import wiring
        from goodword.core import planned

        wiring.wire()
        connection_created.connect(planned.on_connected)
        # Rights are ours: nobody asks for the rows that Django would make of every model.
        post_migrate.disconnect(dispatch_uid=permissions.__name__ + ".create_permissions")
        post_migrate.disconnect(contenttypes.create_contenttypes)
