"""A request as the model is asked it, and the answer that it learns: both as the product writes and reads them."""

import json
import re
from functools import cache
from pathlib import Path

from ..requests.conversation import Reading, Request
from ..requests.scene_text import scene_text
from ..world.scene import Scene

#: How the product asks; `core/interpreters/compose-messages.ts` fills it in.
TEMPLATE = Path(__file__).parents[3] / "prompts" / "interpret" / "stickers.v1.json"
IMAGE = "<|vision_start|><|image_pad|><|vision_end|>"
#: The chat template of the model folder.
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}" + IMAGE + "{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
#: Pieces of the answer's form, one token each.
FORM = [
    '{"seen":["',
    '"],"mode":"',
    '","',
    '{"mode":"',
    'edit","base":',
    'generate","base":null',
    ',"references":[',
    '],"instruction":"',
    'chat","question":"',
    'clarify","question":"',
    '","language":"',
    '"}',
]


def messages(request: Request, chosen_mode: str | None = None) -> list[dict]:
    """The conversation as the chat template gets it.

    :param chosen_mode: what the person chose by the switch, if anything.
    """
    template = _template()
    content: list[dict] = []
    for number, image in enumerate(request.images, 1):
        label = _fill(template["imageLabel"], {"k": number, "origin": _origin(request, number, template["origins"])})
        content += [{"type": "text", "text": label}, {"type": "image"}]
    values = {
        "current": request.current() or "",
        "mode": chosen_mode or "",
        "previous": _compact(_previous(request.previous)) if request.previous else "",
        "request": _compact(request.text),
    }
    content.append({"type": "text", "text": _fill(template["request"], values)})
    return [{"role": "system", "content": "\n".join(template["system"])}, {"role": "user", "content": content}]


def prompt_text(request: Request, chosen_mode: str | None = None) -> str:
    """The conversation as text, up to where the answer begins; what CHAT_TEMPLATE makes of `messages`."""
    parts = []
    for message in messages(request, chosen_mode):
        content = message["content"]
        said = content if isinstance(content, str) else "".join(part.get("text", IMAGE) for part in content)
        parts.append(f"<|im_start|>{message['role']}\n{said}<|im_end|>\n")
    return "".join(parts) + "<|im_start|>assistant\n"


def answer_text(request: Request) -> str:
    """What the model answers: what each picture shows, which makes it look, then the reading."""
    reading = request.reading
    head = {"seen": [_seen(image.scene) for image in request.images]} if request.images else {}
    if reading.mode in ("chat", "clarify"):
        body: dict = {"mode": reading.mode, "question": reading.question}
    else:
        body = {
            "mode": reading.mode,
            "base": reading.base,
            "references": list(reading.references),
            "instruction": reading.instruction,
        }
    return _compact(head | body | {"language": request.language})


def _seen(scene: Scene) -> str:
    """Objects and style, without the background; a space in front, so that its words are those of sentences."""
    text = scene_text(scene)
    things, _, rest = text.partition(" on ")
    _, comma, style = rest.partition(", ")
    return f" {things}{comma}{style}"


def _previous(reading: Reading) -> dict:
    return {
        "mode": reading.mode,
        "base": reading.base,
        "references": list(reading.references),
        "instruction": reading.instruction,
    }


def _origin(request: Request, number: int, origins: dict[str, str]) -> str:
    origin = request.images[number - 1].origin
    if origin == "message":
        return origins["attached"].replace("{n}", str(request.attached().index(number) + 1))
    return origins[origin]


@cache
def _template() -> dict:
    return json.loads(TEMPLATE.read_text())


def _fill(lines: list[str], values: dict[str, object]) -> str:
    """As `fillLines` of the product: a line of which a placeholder is empty is left out."""
    hole = re.compile(r"\{(\w+)\}")
    whole = [line for line in lines if all(str(values.get(name, "")) != "" for name in hole.findall(line))]
    return "\n".join(hole.sub(lambda match: str(values[match[1]]), line) for line in whole)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
