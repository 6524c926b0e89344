package io.nimoshake.app.letter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.KeyCodec;
import io.nimoshake.setup.checkpoint.FileCheckpointStore;
import io.nimoshake.setup.file.LockedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
        Optional.of("it was rejected and may never have had a document, see " + file()),
        rejected.reason(table("a"), X));
    assertEquals(Optional.empty(), rejected.reason(table("a"), Y));
    assertEquals(Optional.empty(), rejected.reason(table("b"), X));
    assertTrue(rejected.reason(table("b"), Y).isPresent());
    assertEquals(Optional.empty(), RejectedItems.none().reason(table("a"), X));
  }

  /** A copy back asks with the key of the document. */
  @Test
  void theKeyOfTheDocumentIsKnown() throws Exception {
    RejectedItems rejected = of(line("forward", "{\"k\":{\"S\":\"x\"}}", "{}"));
    KeyCodec codec = new KeyCodec(table("a"), ConvertOptions.DEFAULT);
    assertTrue(rejected.contains(table("a"), codec.encode(X).orElseThrow()));
    assertFalse(rejected.contains(table("a"), codec.encode(Y).orElseThrow()));
  }

  /** DynamoDB did not take what became of it. */
  @Test
  void anItemOfTheWayBackHadADocument() throws Exception {
    String forward = line("forward", "{\"k\":{\"S\":\"x\"}}", "{}");
    String back = line("back", "{\"k\":{\"S\":\"x\"}}", "{}");
    assertEquals(Optional.empty(), of(back).reason(table("a"), X));
    assertEquals(Optional.empty(), of(forward + back).reason(table("a"), X));
    assertTrue(of(back + forward).reason(table("a"), X).isPresent());
  }

  /** Even if its fields look like the key of one, as with convert.type = raw. */
  @Test
  void aDocumentOfNoItemSaysNothingOfItems() throws Exception {
    String forward = line("forward", "{\"k\":{\"S\":\"x\"}}", "{}");
    String foreign = line("back", "{}", "{\"k\":{\"S\":\"x\"}}");
    String other = line("back", "{}", "{\"_id\":{\"$oid\":\"65f0c0ffee65f0c0ffee65f0\"}}");
    RejectedItems rejected = of(forward + foreign + other);
    assertTrue(rejected.reason(table("a"), X).isPresent());
    assertEquals(Optional.empty(), rejected.reason(table("a"), Y));
    assertTrue(of(line("forward", "{}", "null")).reason(table("a"), Y).isPresent());
  }

  /** A process was killed, or the disk was full. */
  @Test
  void aLineThatIsCutInsideALetterTellsNoKey() throws Exception {
    String whole = line("forward", "{\"k\":{\"S\":\"x\"}}", "{}");
    byte[] text = (whole + "{\"table\":\"a\",\"key\":{\"k\":{\"S\":\"ä").getBytes(UTF_8);
    Files.write(file(), Arrays.copyOf(text, text.length - 1));
    RejectedItems rejected = RejectedItems.of(file(), 2, ConvertOptions.DEFAULT);
    assertTrue(rejected.reason(table("a"), X).orElseThrow().startsWith("it was rejected"));
    assertTrue(rejected.reason(table("a"), Y).orElseThrow().endsWith("tells no key"));
    try (FileCheckpointStore notes = new FileCheckpointStore(directory, "id")) {
      AcceptedLetters.note(notes, Optional.of(file()));
      assertEquals(2, AcceptedLetters.noted(notes));
    }
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
    of(line("forward", "{\"k\":{\"S\":\"x\"}}", "{}") + line("back", "{}", "{}"));
    assertTrue(
        RejectedItems.of(file(), 2, ConvertOptions.DEFAULT)
            .reason(table("b"), Y)
            .orElseThrow()
            .endsWith("and has 1"));
    RejectedItems all = RejectedItems.of(file(), 1, ConvertOptions.DEFAULT);
    assertEquals(Optional.empty(), all.reason(table("b"), Y));
  }

  @Test
  void theLettersThatWereAcceptedAreNoted() throws Exception {
    try (FileCheckpointStore notes = new FileCheckpointStore(directory, "id")) {
      AcceptedLetters.note(notes, Optional.empty());
      assertEquals(Map.of(), notes.notes());
      of(line("back", "{}", "{}") + "{}\n\n{\"torn");
      AcceptedLetters.note(notes, Optional.of(file()));
      assertEquals(2, AcceptedLetters.noted(notes));
      AcceptedLetters.note(notes, Optional.empty());
      assertEquals(0, AcceptedLetters.noted(notes));
    }
  }

  private static String line(String direction, String key, String item) {
    return "{\"direction\":\"%s\",\"table\":\"a\",\"key\":%s,\"item\":%s}\n"
        .formatted(direction, key, item);
  }

  private Path file() {
    return directory.resolve("letters.jsonl");
  }

  /** POSIX drops the lock of a file as soon as its process closes any stream of it. */
  @Test
  void readersLeaveTheLockToTheThreadThatWritesLetters() throws Exception {
    RejectedItems rejected = of(line("forward", "{\"k\":{\"S\":\"x\"}}", "{}"));
    for (Callable<Boolean> reader :
        List.<Callable<Boolean>>of(
            () -> rejected.reason(table("a"), X).isPresent(), () -> isOneLetterNoted())) {
      FutureTask<Boolean> reading = new FutureTask<>(reader);
      try (LockedFile writer = LockedFile.open(file())) {
        new Thread(reading).start();
        assertThrows(TimeoutException.class, () -> reading.get(1, TimeUnit.SECONDS));
        assertTrue(writer.channel().isOpen());
        assertEquals("refused", lockInAnotherProcess());
      }
      assertTrue(reading.get(1, TimeUnit.MINUTES));
    }
  }

  private boolean isOneLetterNoted() throws Exception {
    try (FileCheckpointStore notes = new FileCheckpointStore(directory, "id")) {
      AcceptedLetters.note(notes, Optional.of(file()));
      return AcceptedLetters.noted(notes) == 1;
    }
  }

  private String lockInAnotherProcess() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Other.class.getName(),
                file().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor());
    return said.strip();
  }

  /** Tries to get the lock, and says whether it did. */
  static final class Other {
    private Other() {}

    public static void main(String[] arguments) throws IOException {
      try (FileChannel channel =
          FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE)) {
        System.out.println(channel.tryLock() == null ? "refused" : "locked");
      }
    }
  }

  private RejectedItems of(String text) throws Exception {
    Files.writeString(file(), text);
    return RejectedItems.of(file(), 0, ConvertOptions.DEFAULT);
  }

  private static TableSchema table(String name) {
    return new TableSchema(name, new KeyAttribute("k", Type.S), Optional.empty(), List.of(), 0, 0);
  }
}
