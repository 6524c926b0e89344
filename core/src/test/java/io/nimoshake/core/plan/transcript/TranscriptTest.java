package io.nimoshake.core.plan.transcript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Plays every transcript and compares the commands line by line. {@code -Dtranscripts.write=true}
 * writes them instead: read the difference before you commit it.
 */
class TranscriptTest {
  private static final Path TRANSCRIPTS = Path.of("src/test/resources/transcripts");
  private static final boolean WRITE = Boolean.getBoolean("transcripts.write");

  @TestFactory
  Stream<DynamicTest> thePlanDoesWhatTheTranscriptSays() throws IOException {
    List<Path> files = files();
    assertFalse(files.isEmpty());
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(TRANSCRIPTS)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
  }

  private static void check(Path file) throws IOException {
    List<String> written = Files.readAllLines(file);
    List<String> played = Transcript.play(written);
    if (WRITE) {
      Files.write(file, played);
      return;
    }
    for (int line = 0; line < Math.min(written.size(), played.size()); line++) {
      assertEquals(written.get(line), played.get(line), file + ", line " + (line + 1));
    }
    assertEquals(written.size(), played.size(), file + ": number of lines");
  }

  /** A kind of command that no transcript shows is one that no reader learns. */
  @Test
  void theTranscriptsShowEveryCommand() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path file : files()) {
      all.append(Files.readString(file));
    }
    for (String beginning :
        List.of(
            "list the tables",
            "prepare table",
            "ask for export",
            "list all shards",
            "list the children",
            "look which stream",
            "read segment",
            "read shard",
            "from now on a delete",
            "finish table",
            "put the new copy",
            "stop every reader",
            "save now: ",
            "save: ",
            "give up table",
            "log table",
            "log a warning",
            "end the process")) {
      assertTrue(all.indexOf("\n  -> " + beginning) >= 0, beginning);
    }
  }
}
