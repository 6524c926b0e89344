package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.choice;
import static io.nimoshake.setup.config.ValueType.duration;
import static io.nimoshake.setup.config.ValueType.flag;
import static io.nimoshake.setup.config.ValueType.number;
import static io.nimoshake.setup.config.ValueType.text;

import io.nimoshake.setup.config.Choices.LogFormat;
import io.nimoshake.setup.config.Choices.LogLevel;
import java.time.Duration;

/** What an operator sees of a running sync. */
public final class OperationKeys {
  private OperationKeys() {}

  public static final ConfigKey<String> LOG_FILE =
      key(
          "log.file",
          text(),
          "Write the log to this file; a name without a slash stands for logs/<name>, as in the Go"
              + " tool. It is rolled at 100 MB and the last 20 are kept. Without a value the log"
              + " goes to standard output.");

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
              "How much is logged.")
          .byDefault("info")
          .inGo("debug");

  public static final ConfigKey<Boolean> LOG_BUFFER =
      key("log.buffer", flag(), "Every line is written at once here.").noEffect();

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
              "Port for Go's profiler. Use jcmd and Java Flight Recorder here.")
          .noEffect();

  public static final ConfigKey<Integer> FULL_HTTP_PORT =
      key("full_sync.http_port", number(0, 65_535), "Port of the HTTP interface; 0 is none.")
          .byDefault("9341")
          .inGo("none");

  public static final ConfigKey<Integer> INCR_HTTP_PORT =
      key(
              "incr_sync.http_port",
              number(0, 65_535),
              "Second port, with the same answers as full_sync.http_port; 0 is none.")
          .byDefault("9340")
          .inGo("none");

  public static final ConfigKey<String> HTTP_ADDRESS =
      key(
              "http.address",
              text(),
              "Address the HTTP interface listens on. With another than a loopback address"
                  + " http.token is needed.")
          .byDefault("127.0.0.1")
          .inGo("all addresses");

  public static final ConfigKey<String> HTTP_TOKEN =
      key("http.token", text(), "Callers of the HTTP interface show it as a bearer token.")
          .hidden();

  public static final ConfigKey<Duration> MAX_LAG =
      key(
          "health.max_lag",
          duration(),
          "Report unhealthy on /healthz while a stream is further behind than this.");

  public static final ConfigKey<Duration> MIN_HEADROOM =
      key(
              "health.min_headroom",
              duration(),
              "Report unhealthy on /healthz while changes that are not read yet will expire sooner"
                  + " than this: a stream keeps them for 24 hours.")
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
