package io.nimoshake.app.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import io.nimoshake.setup.JsonText;
import io.nimoshake.setup.config.Redaction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/** Formats log events as text or JSON, one event a line, without secrets. */
final class LogEncoder extends EncoderBase<ILoggingEvent> {
  private static final DateTimeFormatter TEXT_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  private final Redaction redaction;
  private final boolean json;

  LogEncoder(Redaction redaction, boolean json) {
    this.redaction = redaction;
    this.json = json;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String message = redaction.apply(String.valueOf(event.getFormattedMessage()));
    String trace =
        event.getThrowableProxy() == null
            ? ""
            : redaction.apply(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    String line = json ? json(event, message, trace) : text(event, message, trace);
    return line.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ILoggingEvent event, String message, String trace) {
    String line =
        String.format(
            "%s %-5s %s%n",
            TEXT_TIME.format(Instant.ofEpochMilli(event.getTimeStamp())),
            event.getLevel(),
            message);
    return trace.isEmpty() ? line : line + trace + System.lineSeparator();
  }

  private String json(ILoggingEvent event, String message, String trace) {
    StringBuilder line = new StringBuilder(message.length() + 160);
    line.append("{\"time\":\"").append(Instant.ofEpochMilli(event.getTimeStamp())).append('"');
    JsonText.member(line, "level", event.getLevel().toString());
    JsonText.member(line, "message", message);
    for (KeyValuePair pair : pairs(event)) {
      JsonText.member(line, pair.key, redaction.apply(String.valueOf(pair.value)));
    }
    if (!trace.isEmpty()) {
      if (pairs(event).stream().noneMatch(pair -> pair.key.equals("error"))) {
        JsonText.member(line, "error", redaction.apply(error(event.getThrowableProxy())));
      }
      JsonText.member(line, "exception", trace);
    }
    JsonText.member(line, "logger", event.getLoggerName());
    JsonText.member(line, "thread", event.getThreadName());
    return line.append("}\n").toString();
  }

  private static String error(IThrowableProxy thrown) {
    return thrown.getMessage() == null ? thrown.getClassName() : thrown.getMessage();
  }

  private static List<KeyValuePair> pairs(ILoggingEvent event) {
    return event.getKeyValuePairs() == null ? List.of() : event.getKeyValuePairs();
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }
}
