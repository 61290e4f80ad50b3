import uuid

from django.db import migrations, models


def give(apps, schema_editor):
    for name in ("AgentToken", "Preset"):
        model = apps.get_model("camera", name)
        for pk in model.objects.filter(uuid=None).values_list("pk", flat=True):
            model.objects.filter(pk=pk).update(uuid=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("camera", "0002_recordings")]

    operations = [
        migrations.AddField("agenttoken", "uuid", models.UUIDField(null=True, editable=False)),
        migrations.AddField("preset", "uuid", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(give, migrations.RunPython.noop),
        migrations.AlterField("agenttoken", "uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
        migrations.AlterField("preset", "uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
    ]
