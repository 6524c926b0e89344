package io.nimoshake.app.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.Redaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogEncoderTest {
  private Redaction redaction;

  @BeforeEach
  void knowASecret() throws Exception {
    redaction =
        Configuration.load(
                Optional.empty(),
                Map.of(
                    "NIMO_SHAKE_TARGET_ADDRESS", "mongodb://u:geheim@h",
                    "NIMO_SHAKE_SOURCE_ACCESS_KEY_ID", "AKIA123",
                    "NIMO_SHAKE_SOURCE_SECRET_ACCESS_KEY", "s3cr3t"),
                List.of())
            .redaction();
  }

  @Test
  void textIsOneLineWithoutSecrets() {
    String line = encode(false, "at {} with {}", "mongodb://x:other@h", "s3cr3t");
    assertTrue(line.endsWith("WARN  at mongodb://x:***@h with ***\n"), line);
  }

  @Test
  void jsonIsOneLineWithoutSecrets() throws Exception {
    String line = encode(true, "a \"{}\"\nb {}", "geheim", 1);
    assertEquals(1, line.lines().count(), line);
    JsonNode node = new ObjectMapper().readTree(line);
    assertEquals("a \"***\"\nb 1", node.get("message").asText());
    assertEquals("WARN", node.get("level").asText());
    assertFalse(node.has("exception"));
  }

  @Test
  void tracesHaveNoSecretsEither() throws Exception {
    RuntimeException failure =
        new RuntimeException("outer", new IllegalStateException("key s3cr3t was wrong"));
    String text = encode(false, "failed", failure);
    assertTrue(text.contains("key *** was wrong"), text);
    JsonNode node = new ObjectMapper().readTree(encode(true, "failed", failure));
    assertTrue(node.get("exception").asText().contains("key *** was wrong"), node.toString());
  }

  @Test
  void jsonHasTheFieldsThatMachinesSearch() throws Exception {
    LoggingEvent event = event("reading has failed", new Object[0]);
    event.addKeyValuePair(new KeyValuePair("event", "retrying"));
    event.addKeyValuePair(new KeyValuePair("table", "orders"));
    event.addKeyValuePair(new KeyValuePair("shard", "shardId-1"));
    event.addKeyValuePair(new KeyValuePair("error", "key s3cr3t was wrong"));
    JsonNode node = new ObjectMapper().readTree(encode(true, event));
    assertEquals("retrying", node.get("event").asText());
    assertEquals("orders", node.get("table").asText());
    assertEquals("shardId-1", node.get("shard").asText());
    assertEquals("key *** was wrong", node.get("error").asText());
    assertEquals("reading has failed", node.get("message").asText());
  }

  @Test
  void anExceptionIsAnErrorOnce() throws Exception {
    LoggingEvent event = event("failed", new Object[] {new IllegalStateException("it s3cr3t")});
    assertEquals("it ***", new ObjectMapper().readTree(encode(true, event)).get("error").asText());
    event.addKeyValuePair(new KeyValuePair("error", "given"));
    String line = encode(true, event);
    assertEquals("given", new ObjectMapper().readTree(line).get("error").asText());
    assertEquals(line.indexOf("\"error\""), line.lastIndexOf("\"error\""), line);
    event = event("failed", new Object[] {new IllegalStateException()});
    assertEquals(
        "java.lang.IllegalStateException",
        new ObjectMapper().readTree(encode(true, event)).get("error").asText());
  }

  @Test
  void aBareNameIsInTheDirectoryForLogs() {
    assertEquals(Path.of("logs/a.log"), Logging.file("a.log"));
    assertEquals(Path.of("./a.log"), Logging.file("./a.log"));
    assertEquals(Path.of("/var/a.log"), Logging.file("/var/a.log"));
  }

  private String encode(boolean json, String message, Object... arguments) {
    return encode(json, event(message, arguments));
  }

  private static LoggingEvent event(String message, Object[] arguments) {
    return new LoggingEvent(
        "fqcn", new LoggerContext().getLogger("a.B"), Level.WARN, message, null, arguments);
  }

  private String encode(boolean json, LoggingEvent event) {
    return new String(new LogEncoder(redaction, json).encode(event), StandardCharsets.UTF_8);
  }
}
