from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Codec(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CODEC_UNSPECIFIED: _ClassVar[Codec]
    CODEC_H264: _ClassVar[Codec]
    CODEC_JPEG: _ClassVar[Codec]

class Effect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EFFECT_UNSPECIFIED: _ClassVar[Effect]
    EFFECT_LIVE: _ClassVar[Effect]
    EFFECT_KEYFRAME: _ClassVar[Effect]
    EFFECT_RESTART: _ClassVar[Effect]

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_APPLIED: _ClassVar[Outcome]
    OUTCOME_CLAMPED: _ClassVar[Outcome]
    OUTCOME_REJECTED: _ClassVar[Outcome]
    OUTCOME_PENDING: _ClassVar[Outcome]
CODEC_UNSPECIFIED: Codec
CODEC_H264: Codec
CODEC_JPEG: Codec
EFFECT_UNSPECIFIED: Effect
EFFECT_LIVE: Effect
EFFECT_KEYFRAME: Effect
EFFECT_RESTART: Effect
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_APPLIED: Outcome
OUTCOME_CLAMPED: Outcome
OUTCOME_REJECTED: Outcome
OUTCOME_PENDING: Outcome

class CameraSettings(_message.Message):
    __slots__ = ("brightness", "camera_name", "bitrate_bps", "contrast", "width", "height", "fps", "saturation", "sharpness", "keyframe_interval_ms", "rotation", "flip_horizontal", "flip_vertical", "codec", "exposure_us", "focus", "overlay_clock", "camera_id", "revision", "updated_at")
    BRIGHTNESS_FIELD_NUMBER: _ClassVar[int]
    CAMERA_NAME_FIELD_NUMBER: _ClassVar[int]
    BITRATE_BPS_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    FPS_FIELD_NUMBER: _ClassVar[int]
    SATURATION_FIELD_NUMBER: _ClassVar[int]
    SHARPNESS_FIELD_NUMBER: _ClassVar[int]
    KEYFRAME_INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    ROTATION_FIELD_NUMBER: _ClassVar[int]
    FLIP_HORIZONTAL_FIELD_NUMBER: _ClassVar[int]
    FLIP_VERTICAL_FIELD_NUMBER: _ClassVar[int]
    CODEC_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_US_FIELD_NUMBER: _ClassVar[int]
    FOCUS_FIELD_NUMBER: _ClassVar[int]
    OVERLAY_CLOCK_FIELD_NUMBER: _ClassVar[int]
    CAMERA_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    brightness: int
    camera_name: str
    bitrate_bps: int
    contrast: float
    width: int
    height: int
    fps: int
    saturation: float
    sharpness: float
    keyframe_interval_ms: int
    rotation: int
    flip_horizontal: bool
    flip_vertical: bool
    codec: Codec
    exposure_us: int
    focus: int
    overlay_clock: bool
    camera_id: str
    revision: int
    updated_at: int
    def __init__(self, brightness: _Optional[int] = ..., camera_name: _Optional[str] = ..., bitrate_bps: _Optional[int] = ..., contrast: _Optional[float] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., fps: _Optional[int] = ..., saturation: _Optional[float] = ..., sharpness: _Optional[float] = ..., keyframe_interval_ms: _Optional[int] = ..., rotation: _Optional[int] = ..., flip_horizontal: _Optional[bool] = ..., flip_vertical: _Optional[bool] = ..., codec: _Optional[_Union[Codec, str]] = ..., exposure_us: _Optional[int] = ..., focus: _Optional[int] = ..., overlay_clock: _Optional[bool] = ..., camera_id: _Optional[str] = ..., revision: _Optional[int] = ..., updated_at: _Optional[int] = ...) -> None: ...

class Range(_message.Message):
    __slots__ = ("min", "max", "step", "default", "unit", "effect")
    MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    min: float
    max: float
    step: float
    default: float
    unit: str
    effect: Effect
    def __init__(self, min: _Optional[float] = ..., max: _Optional[float] = ..., step: _Optional[float] = ..., default: _Optional[float] = ..., unit: _Optional[str] = ..., effect: _Optional[_Union[Effect, str]] = ...) -> None: ...

class Mode(_message.Message):
    __slots__ = ("width", "height", "max_fps")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    MAX_FPS_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    max_fps: int
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., max_fps: _Optional[int] = ...) -> None: ...

class CameraCapabilities(_message.Message):
    __slots__ = ("ranges", "modes", "codecs", "model", "switches", "mode_effect")
    class RangesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Range
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Range, _Mapping]] = ...) -> None: ...
    class SwitchesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Effect
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Effect, str]] = ...) -> None: ...
    RANGES_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    CODECS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    SWITCHES_FIELD_NUMBER: _ClassVar[int]
    MODE_EFFECT_FIELD_NUMBER: _ClassVar[int]
    ranges: _containers.MessageMap[str, Range]
    modes: _containers.RepeatedCompositeFieldContainer[Mode]
    codecs: _containers.RepeatedScalarFieldContainer[Codec]
    model: str
    switches: _containers.ScalarMap[str, Effect]
    mode_effect: Effect
    def __init__(self, ranges: _Optional[_Mapping[str, Range]] = ..., modes: _Optional[_Iterable[_Union[Mode, _Mapping]]] = ..., codecs: _Optional[_Iterable[_Union[Codec, str]]] = ..., model: _Optional[str] = ..., switches: _Optional[_Mapping[str, Effect]] = ..., mode_effect: _Optional[_Union[Effect, str]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("software", "role", "codecs", "heartbeat_ms", "max_bytes", "online", "since", "now", "reason")
    SOFTWARE_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    CODECS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_MS_FIELD_NUMBER: _ClassVar[int]
    MAX_BYTES_FIELD_NUMBER: _ClassVar[int]
    ONLINE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    software: str
    role: str
    codecs: _containers.RepeatedScalarFieldContainer[Codec]
    heartbeat_ms: int
    max_bytes: int
    online: bool
    since: int
    now: int
    reason: str
    def __init__(self, software: _Optional[str] = ..., role: _Optional[str] = ..., codecs: _Optional[_Iterable[_Union[Codec, str]]] = ..., heartbeat_ms: _Optional[int] = ..., max_bytes: _Optional[int] = ..., online: _Optional[bool] = ..., since: _Optional[int] = ..., now: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class SetSettings(_message.Message):
    __slots__ = ("settings", "if_revision")
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    IF_REVISION_FIELD_NUMBER: _ClassVar[int]
    settings: CameraSettings
    if_revision: int
    def __init__(self, settings: _Optional[_Union[CameraSettings, _Mapping]] = ..., if_revision: _Optional[int] = ...) -> None: ...

class SettingsChanged(_message.Message):
    __slots__ = ("desired", "applied", "by")
    DESIRED_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    desired: CameraSettings
    applied: CameraSettings
    by: str
    def __init__(self, desired: _Optional[_Union[CameraSettings, _Mapping]] = ..., applied: _Optional[_Union[CameraSettings, _Mapping]] = ..., by: _Optional[str] = ...) -> None: ...

class FieldResult(_message.Message):
    __slots__ = ("outcome", "reason")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    outcome: Outcome
    reason: str
    def __init__(self, outcome: _Optional[_Union[Outcome, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class SettingsAck(_message.Message):
    __slots__ = ("revision", "applied", "fields", "first_frame_seq", "stream_epoch")
    class FieldsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: FieldResult
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[FieldResult, _Mapping]] = ...) -> None: ...
    REVISION_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    FIRST_FRAME_SEQ_FIELD_NUMBER: _ClassVar[int]
    STREAM_EPOCH_FIELD_NUMBER: _ClassVar[int]
    revision: int
    applied: CameraSettings
    fields: _containers.MessageMap[str, FieldResult]
    first_frame_seq: int
    stream_epoch: int
    def __init__(self, revision: _Optional[int] = ..., applied: _Optional[_Union[CameraSettings, _Mapping]] = ..., fields: _Optional[_Mapping[str, FieldResult]] = ..., first_frame_seq: _Optional[int] = ..., stream_epoch: _Optional[int] = ...) -> None: ...

class VideoChunk(_message.Message):
    __slots__ = ("stream_epoch", "seq", "codec", "keyframe", "captured_at_us", "width", "height", "data", "decoder", "no_signal")
    STREAM_EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    CODEC_FIELD_NUMBER: _ClassVar[int]
    KEYFRAME_FIELD_NUMBER: _ClassVar[int]
    CAPTURED_AT_US_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    DECODER_FIELD_NUMBER: _ClassVar[int]
    NO_SIGNAL_FIELD_NUMBER: _ClassVar[int]
    stream_epoch: int
    seq: int
    codec: Codec
    keyframe: bool
    captured_at_us: int
    width: int
    height: int
    data: bytes
    decoder: str
    no_signal: bool
    def __init__(self, stream_epoch: _Optional[int] = ..., seq: _Optional[int] = ..., codec: _Optional[_Union[Codec, str]] = ..., keyframe: _Optional[bool] = ..., captured_at_us: _Optional[int] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., data: _Optional[bytes] = ..., decoder: _Optional[str] = ..., no_signal: _Optional[bool] = ...) -> None: ...

class Dropped(_message.Message):
    __slots__ = ("dropped_before", "dropped_total")
    DROPPED_BEFORE_FIELD_NUMBER: _ClassVar[int]
    DROPPED_TOTAL_FIELD_NUMBER: _ClassVar[int]
    dropped_before: int
    dropped_total: int
    def __init__(self, dropped_before: _Optional[int] = ..., dropped_total: _Optional[int] = ...) -> None: ...

class KeyframeRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class FlowAck(_message.Message):
    __slots__ = ("received", "rtt_ms", "paused")
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    RTT_MS_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    received: int
    rtt_ms: int
    paused: bool
    def __init__(self, received: _Optional[int] = ..., rtt_ms: _Optional[int] = ..., paused: _Optional[bool] = ...) -> None: ...

class Stats(_message.Message):
    __slots__ = ("fps", "bitrate_bps", "frames", "dropped", "viewers", "encode_ms", "no_signal")
    FPS_FIELD_NUMBER: _ClassVar[int]
    BITRATE_BPS_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    VIEWERS_FIELD_NUMBER: _ClassVar[int]
    ENCODE_MS_FIELD_NUMBER: _ClassVar[int]
    NO_SIGNAL_FIELD_NUMBER: _ClassVar[int]
    fps: float
    bitrate_bps: int
    frames: int
    dropped: int
    viewers: int
    encode_ms: float
    no_signal: bool
    def __init__(self, fps: _Optional[float] = ..., bitrate_bps: _Optional[int] = ..., frames: _Optional[int] = ..., dropped: _Optional[int] = ..., viewers: _Optional[int] = ..., encode_ms: _Optional[float] = ..., no_signal: _Optional[bool] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("now_us", "received_us")
    NOW_US_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_US_FIELD_NUMBER: _ClassVar[int]
    now_us: int
    received_us: int
    def __init__(self, now_us: _Optional[int] = ..., received_us: _Optional[int] = ...) -> None: ...

class Error(_message.Message):
    __slots__ = ("code", "message", "fields", "current")
    class FieldsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    fields: _containers.ScalarMap[str, str]
    current: CameraSettings
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ..., fields: _Optional[_Mapping[str, str]] = ..., current: _Optional[_Union[CameraSettings, _Mapping]] = ...) -> None: ...

class Demand(_message.Message):
    __slots__ = ("h264", "jpeg_fps")
    H264_FIELD_NUMBER: _ClassVar[int]
    JPEG_FPS_FIELD_NUMBER: _ClassVar[int]
    h264: bool
    jpeg_fps: float
    def __init__(self, h264: _Optional[bool] = ..., jpeg_fps: _Optional[float] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ("online", "since", "reason", "recording", "viewers")
    ONLINE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RECORDING_FIELD_NUMBER: _ClassVar[int]
    VIEWERS_FIELD_NUMBER: _ClassVar[int]
    online: bool
    since: int
    reason: str
    recording: bool
    viewers: int
    def __init__(self, online: _Optional[bool] = ..., since: _Optional[int] = ..., reason: _Optional[str] = ..., recording: _Optional[bool] = ..., viewers: _Optional[int] = ...) -> None: ...

class Envelope(_message.Message):
    __slots__ = ("id", "reply_to", "hello", "capabilities", "set_settings", "settings_changed", "settings_ack", "video_chunk", "keyframe_request", "flow_ack", "stats", "heartbeat", "error", "dropped", "demand", "status")
    ID_FIELD_NUMBER: _ClassVar[int]
    REPLY_TO_FIELD_NUMBER: _ClassVar[int]
    HELLO_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    SET_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_CHANGED_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_ACK_FIELD_NUMBER: _ClassVar[int]
    VIDEO_CHUNK_FIELD_NUMBER: _ClassVar[int]
    KEYFRAME_REQUEST_FIELD_NUMBER: _ClassVar[int]
    FLOW_ACK_FIELD_NUMBER: _ClassVar[int]
    STATS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    DEMAND_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    id: int
    reply_to: int
    hello: Hello
    capabilities: CameraCapabilities
    set_settings: SetSettings
    settings_changed: SettingsChanged
    settings_ack: SettingsAck
    video_chunk: VideoChunk
    keyframe_request: KeyframeRequest
    flow_ack: FlowAck
    stats: Stats
    heartbeat: Heartbeat
    error: Error
    dropped: Dropped
    demand: Demand
    status: Status
    def __init__(self, id: _Optional[int] = ..., reply_to: _Optional[int] = ..., hello: _Optional[_Union[Hello, _Mapping]] = ..., capabilities: _Optional[_Union[CameraCapabilities, _Mapping]] = ..., set_settings: _Optional[_Union[SetSettings, _Mapping]] = ..., settings_changed: _Optional[_Union[SettingsChanged, _Mapping]] = ..., settings_ack: _Optional[_Union[SettingsAck, _Mapping]] = ..., video_chunk: _Optional[_Union[VideoChunk, _Mapping]] = ..., keyframe_request: _Optional[_Union[KeyframeRequest, _Mapping]] = ..., flow_ack: _Optional[_Union[FlowAck, _Mapping]] = ..., stats: _Optional[_Union[Stats, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., error: _Optional[_Union[Error, _Mapping]] = ..., dropped: _Optional[_Union[Dropped, _Mapping]] = ..., demand: _Optional[_Union[Demand, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ...) -> None: ...
