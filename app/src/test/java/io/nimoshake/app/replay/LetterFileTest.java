package io.nimoshake.app.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.setup.DeadLetterFile;
import io.nimoshake.setup.DeadLetterFile.Direction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LetterFileTest {
  @TempDir Path dir;
  private Path path;

  @BeforeEach
  void write() throws Exception {
    path = Files.writeString(dir.resolve("letters"), "one\ntwo\nthree\nfo");
  }

  @Test
  void keepsWhatItIsToldAndWhatWasNotReadAndWhatASyncAppends() throws Exception {
    Set<PosixFilePermission> permissions =
        Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    Files.setPosixFilePermissions(path, permissions);
    try (LetterFile file = LetterFile.open(path)) {
      assertEquals("one", file.next());
      assertEquals("two", file.next());
      file.keep("two, again");
      new DeadLetterFile(path, Direction.FORWARD, Clock.systemUTC())
          .accept(List.of(new Rejected("new", "{}", "r", "{}")));
      file.replace();
    }
    List<String> lines = Files.readAllLines(path).stream().filter(l -> !l.isEmpty()).toList();
    assertEquals(List.of("two, again", "three", "fo"), lines.subList(0, 3));
    assertEquals(4, lines.size());
    assertTrue(lines.get(3).contains("\"table\":\"new\""), lines.get(3));
    assertEquals(permissions, Files.getPosixFilePermissions(path));
    try (var files = Files.list(dir)) {
      assertEquals(List.of(path), files.toList());
    }
  }

  @Test
  void endsWithTheLinesThatWereThereFirst() throws Exception {
    try (LetterFile file = LetterFile.open(path)) {
      new DeadLetterFile(path, Direction.FORWARD, Clock.systemUTC())
          .accept(List.of(new Rejected("new", "{}", "r", "{}")));
      for (String line : List.of("one", "two", "three", "fo")) {
        assertEquals(line, file.next());
      }
      assertNull(file.next());
    }
  }

  @Test
  void anAbandonedReplayChangesNothing() throws Exception {
    try (LetterFile file = LetterFile.open(path)) {
      file.next();
      file.keep("x");
    }
    assertEquals("one\ntwo\nthree\nfo", Files.readString(path));
    assertFalse(Files.exists(dir.resolve("letters.replay")));
  }

  @Test
  void aSecondReplayIsRefused() throws Exception {
    try (LetterFile file = LetterFile.open(path)) {
      assertEquals("one", file.next());
      assertThrows(Fault.Fatal.class, () -> LetterFile.open(path));
      assertEquals("two", file.next());
    }
    LetterFile.open(path).close();
  }
}
