import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import goodword.core.ids


def key():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def public_id():
    return models.CharField(default=goodword.core.ids.public_id, max_length=24, unique=True)


def to(model, on_delete=django.db.models.deletion.CASCADE, **more):
    return models.ForeignKey(on_delete=on_delete, to=model, **more)


SET_NULL, PROTECT = django.db.models.deletion.SET_NULL, django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("fields", "0001_first"),
        ("people", "0004_links_since"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", key()),
                ("public_id", public_id()),
                ("name", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="organisation_name_once",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="person",
            name="role",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="person",
            name="sorts_as",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="person",
            name="organisation",
            field=to(
                "people.organisation", SET_NULL, db_index=False, null=True, related_name="people"
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="redirect_to",
            field=to(
                "people.person", PROTECT, db_index=False, null=True, related_name="redirected"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("redirect_to__isnull", True)),
                fields=["sorts_as", "id"],
                name="person_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("redirect_to__isnull", False)),
                fields=["redirect_to"],
                name="person_redirected",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("organisation__isnull", False)),
                fields=["organisation", "sorts_as", "id"],
                name="person_of_organisation",
            ),
        ),
        migrations.CreateModel(
            name="OrganisationDomain",
            fields=[
                ("id", key()),
                ("domain", models.CharField(max_length=253, unique=True)),
                ("organisation", to("people.organisation", related_name="domains")),
            ],
        ),
        migrations.CreateModel(
            name="OrganisationValue",
            fields=[
                ("id", key()),
                ("text", models.CharField(max_length=500)),
                (
                    "organisation",
                    to("people.organisation", db_index=False, related_name="values"),
                ),
                ("field", to("fields.field", related_name="+")),
            ],
            options={
                "indexes": [models.Index(fields=["field", "text"], name="organisation_value_is")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "field"), name="organisation_value_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonNote",
            fields=[
                ("id", key()),
                ("public_id", public_id()),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(null=True)),
                ("by", to(settings.AUTH_USER_MODEL, PROTECT, related_name="person_notes")),
                ("person", to("people.person", related_name="notes")),
            ],
            options={
                "indexes": [models.Index(fields=["person", "-id"], name="person_note_newest")],
            },
        ),
        migrations.CreateModel(
            name="PersonValue",
            fields=[
                ("id", key()),
                ("text", models.CharField(max_length=500)),
                ("person", to("people.person", db_index=False, related_name="values")),
                ("field", to("fields.field", related_name="+")),
            ],
            options={
                "indexes": [models.Index(fields=["field", "text"], name="person_value_is")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "field"), name="person_value_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("id", key()),
                ("word", models.CharField(max_length=320)),
                ("person", to("people.person", db_index=False, related_name="words")),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["word", "person"],
                        name="word_of_person",
                        opclasses=["varchar_pattern_ops", "int8_ops"],
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "word"), name="word_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Merged",
            fields=[
                ("id", key()),
                ("public_id", public_id()),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("language", models.CharField(blank=True, default="", max_length=12)),
                ("zone", models.CharField(blank=True, default="", max_length=64)),
                ("role", models.CharField(blank=True, default="", max_length=100)),
                ("given", models.JSONField(blank=True, default=list)),
                ("by", to(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+")),
                ("undone_by", to(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+")),
                ("into", to("people.person", related_name="merged_here")),
                ("person", to("people.person", related_name="merges")),
                ("kind", to("people.kind", SET_NULL, null=True, related_name="+")),
                ("organisation", to("people.organisation", SET_NULL, null=True, related_name="+")),
            ],
            options={
                "verbose_name_plural": "merged",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("person",),
                        name="merged_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("into")), _negated=True),
                        name="merged_are_two",
                    ),
                ],
            },
        ),
    ]
