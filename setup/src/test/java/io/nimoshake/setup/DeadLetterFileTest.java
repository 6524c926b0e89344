package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Rejected;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterFileTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  @TempDir Path dir;

  @Test
  void writesALineForEachItemAndGoesOnAfterThoseThatAreThere() throws Exception {
    Path path = dir.resolve("dead.jsonl");
    try (DeadLetterFile letters = new DeadLetterFile(path, CLOCK)) {
      letters.open();
      assertTrue(Files.exists(path));
      letters.accept(
          List.of(
              new Rejected("orders", "a\"1", "line\nbreak \ud800", "{\"id\":{\"S\":\"a\"}}"),
              new Rejected("orders", "k2", "no item", "")));
    }
    try (DeadLetterFile letters = new DeadLetterFile(path, CLOCK)) {
      letters.accept(List.of(new Rejected("events", "k3", "x", "{}")));
    }

    List<String> lines = Files.readAllLines(path);
    assertEquals(3, lines.size());
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    assertEquals("2026-01-02T03:04:05Z", first.get("time").asText());
    assertEquals("orders", first.get("table").asText());
    assertEquals("a\"1", first.get("key").asText());
    assertEquals("line\nbreak \ud800", first.get("reason").asText());
    assertEquals("a", first.get("item").get("id").get("S").asText());
    assertEquals("k3", new ObjectMapper().readTree(lines.get(2)).get("key").asText());
  }

  @Test
  void aFileThatCannotBeWrittenEndsTheSync() {
    DeadLetterFile letters = new DeadLetterFile(dir.resolve("no/such/dir/f"), CLOCK);
    assertThrows(Fault.Fatal.class, letters::open);
    assertThrows(
        Fault.Fatal.class, () -> letters.accept(List.of(new Rejected("t", "k", "r", "{}"))));
  }
}
