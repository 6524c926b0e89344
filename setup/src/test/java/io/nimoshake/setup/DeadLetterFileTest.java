package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.setup.DeadLetterFile.Direction;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.file.LockedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterFileTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  @TempDir Path dir;

  @Test
  void writesALineForEachItemAfterTheLinesThatAreThere() throws Exception {
    Path path = dir.resolve("dead.jsonl");
    DeadLetterFile letters = new DeadLetterFile(path, Direction.FORWARD, CLOCK);
    letters.open();
    assertTrue(Files.exists(path));
    letters.accept(
        List.of(
            new Rejected(
                "orders",
                "{\"id\":{\"S\":\"a\\\"1\"}}",
                "line\nbreak \ud800",
                "{\"id\":{\"S\":\"a\"}}"),
            new Rejected("orders", Rejected.UNKNOWN_KEY, "no item", "")));
    new DeadLetterFile(path, Direction.BACK, CLOCK)
        .accept(List.of(new Rejected("events", "{\"k\":{\"N\":\"3\"}}", "x", "{}")));

    List<JsonNode> lines = lines(path);
    assertEquals(3, lines.size());
    JsonNode first = lines.get(0);
    assertEquals("2026-01-02T03:04:05Z", first.get("time").asText());
    assertEquals("forward", first.get("direction").asText());
    assertEquals("orders", first.get("table").asText());
    assertEquals("a\"1", first.at("/key/id/S").asText());
    assertEquals("line\nbreak \ud800", first.get("reason").asText());
    assertEquals("a", first.at("/item/id/S").asText());
    assertTrue(lines.get(1).get("key").isEmpty());
    assertTrue(lines.get(1).get("item").isNull());
    assertEquals("back", lines.get(2).get("direction").asText());
    assertEquals("3", lines.get(2).at("/key/k/N").asText());
  }

  @Test
  void theWayBackSaysThatItWasGoingBack() throws Exception {
    Path path = dir.resolve("dead.jsonl");
    for (String mode : List.of("all", "back")) {
      Connections.deadLetters(
              Configuration.load(
                  Optional.empty(),
                  Map.of("NIMO_SHAKE_TARGET_ADDRESS", "mongodb://h"),
                  List.of(
                      "sync_mode=" + mode, "on_poison=dead_letter", "dead_letter.file=" + path)))
          .accept(List.of(new Rejected("t", "{}", "r", "{}")));
    }
    assertEquals(
        List.of("forward", "back"),
        lines(path).stream().map(line -> line.get("direction").asText()).toList());
  }

  @Test
  void halfALineOfAKilledProcessDoesNotSpoilTheNextOne() throws Exception {
    Path path = dir.resolve("dead.jsonl");
    Files.writeString(path, "{\"time\":\"20");
    new DeadLetterFile(path, Direction.FORWARD, CLOCK)
        .accept(List.of(new Rejected("t", "{}", "r", "{}")));
    List<String> lines = Files.readAllLines(path);
    assertEquals("{\"time\":\"20", lines.get(0));
    assertEquals("t", new ObjectMapper().readTree(lines.get(1)).get("table").asText());
  }

  /** As a replay does: it holds the lock while it puts a shorter file in the file's place. */
  @Test
  void waitsForTheLockAndWritesToTheFileThatIsThereThen() throws Exception {
    Path path = dir.resolve("dead.jsonl");
    DeadLetterFile letters = new DeadLetterFile(path, Direction.FORWARD, CLOCK);
    letters.accept(List.of(new Rejected("old", "{}", "r", "{}")));
    CompletableFuture<Void> writing;
    try (LockedFile held = LockedFile.open(path)) {
      assertTrue(LockedFile.tryOpen(path).isEmpty());
      CountDownLatch begun = new CountDownLatch(1);
      writing =
          CompletableFuture.runAsync(
              () -> {
                begun.countDown();
                try {
                  letters.accept(List.of(new Rejected("new", "{}", "r", "{}")));
                } catch (Fault e) {
                  throw new IllegalStateException(e);
                }
              });
      assertTrue(begun.await(1, TimeUnit.MINUTES));
      Path shorter = dir.resolve("shorter");
      Files.writeString(shorter, "{\"table\":\"left\"}\n");
      Files.move(shorter, path, StandardCopyOption.ATOMIC_MOVE);
    }
    writing.get(1, TimeUnit.MINUTES);
    assertEquals(
        List.of("left", "new"),
        lines(path).stream().map(line -> line.get("table").asText()).toList());
  }

  private static List<JsonNode> lines(Path path) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(path)) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  @Test
  void aFileThatCannotBeWrittenEndsTheSync() {
    DeadLetterFile letters =
        new DeadLetterFile(dir.resolve("no/such/dir/f"), Direction.FORWARD, CLOCK);
    assertThrows(Fault.Fatal.class, letters::open);
    assertThrows(
        Fault.Fatal.class, () -> letters.accept(List.of(new Rejected("t", "{}", "r", "{}"))));
  }

  @Test
  void hasItemsUntilItIsEmptyAgain() throws Exception {
    assertFalse(DeadLetterFile.hasItems(dir.resolve("absent")));
    Path path = dir.resolve("dead.jsonl");
    DeadLetterFile file = new DeadLetterFile(path, Direction.FORWARD, CLOCK);
    file.open();
    assertFalse(DeadLetterFile.hasItems(path));
    file.accept(List.of(new Rejected("t", "{}", "too large", "{}")));
    assertTrue(DeadLetterFile.hasItems(path));
    Files.write(path, new byte[0]);
    assertFalse(DeadLetterFile.hasItems(path));
  }
}
