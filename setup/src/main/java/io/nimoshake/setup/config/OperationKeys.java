package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.choice;
import static io.nimoshake.setup.config.ValueType.duration;
import static io.nimoshake.setup.config.ValueType.flag;
import static io.nimoshake.setup.config.ValueType.number;
import static io.nimoshake.setup.config.ValueType.path;
import static io.nimoshake.setup.config.ValueType.text;

import io.nimoshake.setup.config.Choices.LogFormat;
import io.nimoshake.setup.config.Choices.LogLevel;
import java.time.Duration;

/** The log, the HTTP interface and the limits of health. */
public final class OperationKeys {
  private OperationKeys() {}

  public static final ConfigKey<String> LOG_FILE =
      key(
          "log.file",
          path(),
          "Write the log to this file. A name without a slash means logs/<name>, as in the Go tool."
              + " A new file begins at 100 MB, and the last 20 files are kept. Without a value the"
              + " log goes to standard output.");

  public static final ConfigKey<LogLevel> LOG_LEVEL =
      key(
              "log.level",
              choice(
                  "none",
                  LogLevel.NONE,
                  "error",
                  LogLevel.ERROR,
                  "warn",
                  LogLevel.WARN,
                  "info",
                  LogLevel.INFO,
                  "debug",
                  LogLevel.DEBUG),
              "How much to log.")
          .byDefault("info")
          .inGo("debug");

  public static final ConfigKey<Boolean> LOG_BUFFER =
      key("log.buffer", flag(), "Log lines are never buffered here.").noEffect();

  public static final ConfigKey<LogFormat> LOG_FORMAT =
      key(
              "log.format",
              choice("text", LogFormat.TEXT, "json", LogFormat.JSON),
              "text: lines for people. json: one JSON object a line.")
          .byDefault("text");

  public static final ConfigKey<Integer> SYSTEM_PROFILE =
      key(
              "system_profile",
              number(0, 65_535),
              "Port for Go's profiler. Use jcmd and Java Flight Recorder instead.")
          .noEffect();

  public static final ConfigKey<Integer> FULL_HTTP_PORT =
      key("full_sync.http_port", number(0, 65_535), "Port of the HTTP interface; 0 is none.")
          .byDefault("9341")
          .inGo("none");

  public static final ConfigKey<Integer> INCR_HTTP_PORT =
      key(
              "incr_sync.http_port",
              number(0, 65_535),
              "A second port with the same answers as full_sync.http_port; 0 is none.")
          .byDefault("9340")
          .inGo("none");

  public static final ConfigKey<String> HTTP_ADDRESS =
      key(
              "http.address",
              text(),
              "The address on which the HTTP interface listens. Any address that other machines can"
                  + " reach needs http.token.")
          .byDefault("127.0.0.1")
          .inGo("all addresses");

  public static final ConfigKey<String> HTTP_TOKEN =
      key("http.token", text(), "Callers of the HTTP interface must send it as a bearer token.")
          .hidden();

  public static final ConfigKey<Duration> MAX_LAG =
      key(
          "health.max_lag",
          duration(),
          "/healthz reports unhealthy while a stream is further behind than this.");

  public static final ConfigKey<Duration> MIN_HEADROOM =
      key(
              "health.min_headroom",
              duration(),
              "/healthz reports unhealthy while unread changes will expire sooner than this. A stream"
                  + " keeps them for 24 hours.")
          .byDefault("4h");

  static final ConfigSection SECTION =
      ConfigSection.of(
          "Operation",
          LOG_FILE,
          LOG_LEVEL,
          LOG_BUFFER,
          LOG_FORMAT,
          SYSTEM_PROFILE,
          FULL_HTTP_PORT,
          INCR_HTTP_PORT,
          HTTP_ADDRESS,
          HTTP_TOKEN,
          MAX_LAG,
          MIN_HEADROOM);
}
