from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "goodword.plan"
    label = "plan"
