package io.nimoshake.app.letter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.setup.checkpoint.FileCheckpointStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which items a dead letter file names, and what is said if it does not tell. */
class RejectedItemsTest {
  private static final ItemKey X = new ItemKey(Slice.utf8("{\"k\":{\"S\":\"x\"}}"));
  private static final ItemKey Y = new ItemKey(Slice.utf8("{\"k\":{\"S\":\"y\"}}"));

  @TempDir Path directory;

  @Test
  void theItemsOfTheFileWereRejectedAndNoOther() throws Exception {
    String letters =
        """
        {"time":"t","table":"a","key":{"k":{"S":"x"}},"reason":"r","item":{}}

        {"time":"t","table":"b","key":{"k":{"S":"y"}},"reason":"r","item":{}}
        """;
    RejectedItems rejected = of(letters);
    assertEquals(
        Optional.of("it was rejected and never had a document, see " + file()),
        rejected.reason(table("a"), X));
    assertEquals(Optional.empty(), rejected.reason(table("a"), Y));
    assertEquals(Optional.empty(), rejected.reason(table("b"), X));
    assertTrue(rejected.reason(table("b"), Y).isPresent());
    assertEquals(Optional.empty(), RejectedItems.none().reason(table("a"), X));
  }

  @Test
  void everyItemMayHaveBeenRejectedIfTheFileDoesNotTell() throws Exception {
    String torn = "{\"time\":\"t\",\"table\":\"a\",\"key\":{\"k\":{\"S\"";
    assertTrue(of(torn).reason(table("b"), X).orElseThrow().endsWith("tells no key"));
    String other = "{\"table\":\"a\",\"key\":\"(unknown)\",\"item\":null}";
    assertTrue(of(other).reason(table("a"), X).isPresent());
    assertEquals(Optional.empty(), of(other).reason(table("b"), X));
    Files.delete(file());
    RejectedItems lost = RejectedItems.of(file(), 0, ConvertOptions.DEFAULT);
    assertEquals(
        Optional.of("it may have been rejected: " + file() + " does not exist"),
        lost.reason(table("a"), X));
  }

  /** Somebody has put the file away, and the way back has begun another one. */
  @Test
  void everyItemMayHaveBeenRejectedIfLettersAreMissing() throws Exception {
    of("{\"table\":\"a\",\"key\":{\"k\":{\"S\":\"x\"}}}\n\n");
    RejectedItems fewer = RejectedItems.of(file(), 2, ConvertOptions.DEFAULT);
    assertEquals(
        Optional.of(
            "it may have been rejected: "
                + file()
                + " had 2 dead letters at the cut-over, and has 1"),
        fewer.reason(table("b"), Y));
    RejectedItems all = RejectedItems.of(file(), 1, ConvertOptions.DEFAULT);
    assertEquals(Optional.empty(), all.reason(table("b"), Y));
  }

  @Test
  void theLettersThatWereAcceptedAreNoted() throws Exception {
    try (FileCheckpointStore notes = new FileCheckpointStore(directory, "id")) {
      AcceptedLetters.note(notes, Optional.empty());
      assertEquals(Map.of(), notes.notes());
      of("{}\n\n{\"torn");
      AcceptedLetters.note(notes, Optional.of(file()));
      assertEquals(2, AcceptedLetters.noted(notes));
      AcceptedLetters.note(notes, Optional.empty());
      assertEquals(0, AcceptedLetters.noted(notes));
    }
  }

  private Path file() {
    return directory.resolve("letters.jsonl");
  }

  private RejectedItems of(String text) throws Exception {
    Files.writeString(file(), text);
    return RejectedItems.of(file(), 0, ConvertOptions.DEFAULT);
  }

  private static TableSchema table(String name) {
    return new TableSchema(name, new KeyAttribute("k", Type.S), Optional.empty(), List.of(), 0, 0);
  }
}
