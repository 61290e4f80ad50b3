"""Part 3 of the Channels tutorial: an asynchronous consumer and a group for each room."""

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from bench.baseline.models import Message


class ChatConsumer(AsyncWebsocketConsumer):
    """Saves what a signed-in person says and passes it on to everybody in the room, the sender too."""

    async def connect(self) -> None:
        if not self.scope["user"].is_authenticated:
            await self.close()
            return

        self.room_name = self.scope["url_route"]["kwargs"]["room_name"]
        self.room_group_name = f"chat_{self.room_name}"
        await self.channel_layer.group_add(self.room_group_name, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if self.scope["user"].is_authenticated:
            await self.channel_layer.group_discard(self.room_group_name, self.channel_name)

    async def receive(self, text_data: str) -> None:
        message = json.loads(text_data)["message"]
        user = self.scope["user"]
        await Message.objects.acreate(room=self.room_name, user=user, text=message)
        await self.channel_layer.group_send(
            self.room_group_name, {"type": "chat.message", "message": message, "user": user.username}
        )

    async def chat_message(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps({"message": event["message"], "user": event["user"]}))
