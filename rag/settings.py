"""All settings, and the only reader of the environment (`BYLINE_*`, `OTEL_*`, `RAY_*`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError

BUNDLED_MODEL = "all-MiniLM-L6-v2"
BUNDLED_READER = "byline-reader"
BUNDLED_FULL_READER = "byline-reader-full"


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "byline"


class Settings(BaseSettings):
    """One field a setting; `BYLINE_` and the name in capitals sets it from the environment."""

    model_config = SettingsConfigDict(env_prefix="BYLINE_", extra="ignore", frozen=True)

    data_dir: Path = Field(default_factory=_default_data_dir, description="Where the archive is stored.")
    database_url: SecretStr | None = Field(
        None,
        description="The PostgreSQL database that holds the archive, as `postgresql+psycopg://…`; the data folder then "
        "has this machine's indexes. Unset, all is in the data folder.",
    )
    chroma_url: str | None = Field(
        None,
        description="Chroma servers that hold the vectors: `http://host:port` with commas between several, or `cloud` "
        "for Chroma Cloud. Unset, Chroma is embedded in the data folder.",
        pattern=r"^(cloud|https?://[\w.\-:\[\]]+/?(\s*,\s*https?://[\w.\-:\[\]]+/?)*)$",
    )
    chroma_headers: SecretStr | None = Field(
        None,
        description="Headers of every request to them: `Name: value` with `;` between, for a proxy in front that asks "
        "who comes, which Chroma itself does not.",
    )
    chroma_api_key: SecretStr | None = Field(None, description="The key of Chroma Cloud.")
    chroma_tenant: str | None = Field(None, description="The tenant there; unset takes the key's, or `default_tenant`.")
    chroma_database: str | None = Field(
        None, description="The database there; unset takes the key's, or `default_database`."
    )
    chroma_timeout_s: float = Field(5, gt=0, description="Seconds that a request to them may take.")
    chroma_retries: int = Field(
        2, ge=0, le=10, description="How often a request is sent again that found no server; a search only in its time."
    )
    embedding_model: str = Field(
        BUNDLED_MODEL,
        description="The bundled model, or any name or path that sentence-transformers loads.",
    )
    reader_model: str = Field(
        BUNDLED_READER,
        description="The bundled reader, the folder of one you trained (`MODEL_CARD.md`), or any cross-encoder, "
        "extractive-QA or NLI model that transformers loads.",
    )
    reader: Literal["full", "fast"] = Field(
        "full",
        description="`full` has the large bundled reader decide on the best few passages and on claims; `fast` does "
        "without it: faster, 400 MB less memory, and more often wrong.",
    )
    read_passages: int = Field(
        16, ge=0, le=100, description="How many of the first hits the reader model reads at most; 0 does without it."
    )
    threads: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="Threads for embedding and indexing."
    )
    max_file_mb: int = Field(200, ge=1, description="A larger file is rejected; a .jsonl file may hold many articles.")
    max_article_chars: int = Field(1_000_000, ge=1, description="A longer article is rejected.")
    max_question_chars: int = Field(2_000, ge=1, description="A longer question is refused.")
    max_draft_chars: int = Field(100_000, ge=1, description="A longer draft to check is refused.")
    passage_chars: int = Field(800, ge=200, le=4000, description="About how many characters a passage has.")
    abstain_below: float | None = Field(
        None, ge=0, le=1, description="Abstain below this confidence; unset takes the calibrated threshold."
    )
    keep_answers_days: int = Field(
        90, ge=0, description="Days that the service keeps an answer under its id, for its permalink; 0 keeps none."
    )
    require_keys: bool = Field(
        False, description="Ask for a key on this machine too; bound to any other address the service always does."
    )
    rate_per_minute: int = Field(600, ge=1, description="Requests a minute for each key, where keys are asked for.")
    max_concurrent: int = Field(256, ge=1, description="Requests that may be under way at once; half of them for one.")
    max_body_mb: int = Field(50, ge=1, description="A larger upload is refused; a question or draft may have 8 MB.")
    max_connections: int = Field(
        1000, ge=1, description="Connections that may be open at once; idle ones make room, then the next is refused."
    )
    header_timeout_s: float = Field(10, gt=0, description="Seconds that the headers of a request may take to come.")
    body_timeout_s: float = Field(60, gt=0, description="Seconds that its body may take, with no pause over 10 s.")
    request_timeout_s: float = Field(
        600, gt=0, description="Seconds that a reply may take, its stream included; only following a job takes longer."
    )
    reply_timeout_s: float = Field(
        30, gt=0, description="Seconds that a client may leave a reply unread until its connection is closed."
    )
    idle_timeout_s: int = Field(15, ge=1, description="Seconds that a connection is kept between two requests.")
    shutdown_s: int = Field(20, ge=0, description="Seconds that answers under way have to end when the service stops.")
    drain_s: float = Field(
        0,
        ge=0,
        description="Seconds that a service which is to stop goes on serving, while `/readyz` says that it leaves: for "
        "whoever balances load by it.",
    )
    llm: str = Field(
        "",
        description="The language model that writes, as `provider:model`: `openai:…`, `anthropic:…`, `ollama:…`. "
        "Without one, answers are quotes.",
        pattern=r"^([a-z_]+:\S+)?$",
    )
    llm_base_url: str | None = Field(
        None, description="Its server, such as vLLM's or llama.cpp's, with provider `openai`.", pattern=r"^https?://"
    )
    llm_api_key: SecretStr | None = Field(None, description="Its key; unset takes the provider's own variable.")
    llm_policy: Literal["flag", "strict", "repair"] = Field(
        "flag",
        description="What becomes of sentences that the quotes don't bear out: `flag` shows and marks them, `strict` "
        "takes them out and says so, `repair` has them written once more, then as `strict`.",
    )
    llm_structured: Literal["auto", "json_schema", "function_calling", "never"] = Field(
        "auto",
        description="How it is asked for JSON: by `json_schema` or `function_calling`, as its server can, or `never`; "
        "`auto` takes the first if the model is known to be able to.",
    )
    llm_window: int | None = Field(
        None, ge=1024, description="Tokens it can read and write at once; unset takes what is known of it, or 8192."
    )
    llm_evidence_tokens: int = Field(3000, ge=200, description="Tokens of quotes it is shown, at most.")
    llm_output_tokens: int = Field(800, ge=16, description="Tokens of a reply; what goes on longer is cut off.")
    llm_timeout_s: float = Field(60, gt=0, description="Seconds an answer may wait for it, retries included.")
    llm_retries: int = Field(2, ge=0, le=10, description="How often a request is sent again after 429, 5xx or a reset.")
    llm_request_tokens: int = Field(20_000, ge=1, description="Tokens that one answer or check may cost, at most.")
    llm_daily_tokens: int | None = Field(None, ge=0, description="Tokens a day (UTC), at most; unset is no cap.")
    llm_daily_cost: float | None = Field(None, ge=0, description="US dollars a day (UTC), at most; unset is no cap.")
    llm_price_input: float = Field(0, ge=0, description="US dollars for a million tokens it reads.")
    llm_price_output: float = Field(0, ge=0, description="US dollars for a million tokens it writes.")

    ray_worker_threads: int = Field(
        1, ge=1, description="Processors, and threads, of each worker of `byline ingest --ray`."
    )
    fetch_allow: str = Field(
        "",
        description="What may be fetched although it is not public: hosts, `host:port`s and networks, with commas "
        "between. Without it, public addresses on ports 80 and 443.",
    )
    fetch_max_mb: int = Field(10, ge=1, description="A page or feed that sends or unpacks to more is refused.")
    fetch_timeout_s: float = Field(30, gt=0, description="Seconds a page or feed may take, redirects included.")
    feed_minutes: int = Field(
        30, ge=1, le=1440, description="Minutes a feed is left alone after it was polled; its own `ttl` may be longer."
    )

    @property
    def ledger_path(self) -> Path:
        return self.data_dir / "ledger.sqlite3"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"


class ClusterSettings(BaseSettings):
    """Ray's own variable, as far as Byline has to know it."""

    model_config = SettingsConfigDict(env_prefix="RAY_", extra="ignore", frozen=True)

    address: str = ""


class TelemetrySettings(BaseSettings):
    """OpenTelemetry's own variables, as far as Byline has to know them; its SDK reads the others."""

    model_config = SettingsConfigDict(env_prefix="OTEL_", extra="ignore", frozen=True)

    sdk_disabled: bool = False
    service_name: str = ""
    resource_attributes: str = ""
    traces_exporter: str = ""
    metrics_exporter: str = ""
    exporter_otlp_endpoint: str = ""
    exporter_otlp_traces_endpoint: str = ""
    exporter_otlp_protocol: str = ""
    exporter_otlp_traces_protocol: str = ""
    exporter_otlp_metrics_protocol: str = ""
    instrumentation_genai_capture_message_content: str = ""

    @property
    def traces(self) -> str | None:
        """Where spans go: `otlp`, `console`, or nowhere."""
        asked = self.exporter_otlp_endpoint or self.exporter_otlp_traces_endpoint
        return _exporter("OTEL_TRACES_EXPORTER", self.traces_exporter or ("otlp" if asked else ""))

    @property
    def metrics(self) -> str | None:
        """Where measurements go; unlike spans, only where an exporter of their own is named."""
        return _exporter("OTEL_METRICS_EXPORTER", self.metrics_exporter)

    @property
    def wanted(self) -> bool:
        return not self.sdk_disabled and bool(self.traces or self.metrics)

    @property
    def names_service(self) -> bool:
        return bool(self.service_name) or "service.name=" in self.resource_attributes

    @property
    def with_text(self) -> bool:
        """Whether questions, articles' words and replies may be told."""
        return self.instrumentation_genai_capture_message_content.lower() in {"true", "span_only", "span_and_event"}

    def protocol_of(self, what: Literal["traces", "metrics"]) -> str:
        """`http/protobuf`, or `grpc`."""
        return getattr(self, f"exporter_otlp_{what}_protocol") or self.exporter_otlp_protocol or "http/protobuf"


def _exporter(variable: str, named: str) -> str | None:
    if named not in {"", "none", "otlp", "console"}:
        raise SettingsError(f"{variable}={named}: there is no such exporter.", remedy="Choose otlp, console or none.")
    return named if named in {"otlp", "console"} else None


def load_settings(**given: object) -> Settings:
    """Settings from the environment, with `given` values that are not None on top.

    Raises SettingsError with every field that can't be used.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(f"BYLINE_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"Settings can't be used: {faults}.", remedy="Correct or unset them.") from error
