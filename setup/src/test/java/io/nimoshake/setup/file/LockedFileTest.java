package io.nimoshake.setup.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockedFileTest {
  private static final Executor IN_A_THREAD = work -> new Thread(work).start();

  @TempDir Path dir;

  /** A process has lost its lock when another thread closes the same file. */
  @Test
  void otherThreadsThatTryDoNotOpenItForOtherProcesses() throws Exception {
    Path path = dir.resolve("file");
    try (LockedFile held = LockedFile.open(path)) {
      assertEquals("refused", inAnotherProcess(path));
      assertTrue(LockedFile.tryOpen(path).isEmpty());
      Thread.currentThread().interrupt();
      assertThrows(Fault.class, () -> LockedFile.open(path));
      assertTrue(Thread.interrupted());
      assertEquals(0, held.channel().size());
      assertEquals("refused", inAnotherProcess(path));
    }
    assertEquals("locked", inAnotherProcess(path));
  }

  @Test
  void aThreadThatWaitsGetsItNext() throws Exception {
    Path path = dir.resolve("file");
    CompletableFuture<Void> next;
    try (LockedFile held = LockedFile.open(path)) {
      assertEquals(0, held.channel().size());
      next = CompletableFuture.runAsync(() -> openAndClose(path), IN_A_THREAD);
      assertFalse(next.isDone());
    }
    next.get(1, TimeUnit.MINUTES);
    LockedFile.tryOpen(path).orElseThrow().close();
  }

  @Test
  void aReaderWaitsForTheThreadThatHasTheLock() throws Exception {
    Path path = dir.resolve("file");
    assertThrows(NoSuchFileException.class, () -> LockedFile.openToRead(path));
    CompletableFuture<Void> reader;
    try (LockedFile held = LockedFile.open(path)) {
      reader = CompletableFuture.runAsync(() -> readAndClose(path), IN_A_THREAD);
      assertEquals("refused", inAnotherProcess(path));
      assertFalse(reader.isDone());
      held.channel().write(StandardCharsets.UTF_8.encode("text"));
    }
    reader.get(1, TimeUnit.MINUTES);
    try (LockedFile read = LockedFile.openToRead(path)) {
      assertEquals("locked", inAnotherProcess(path));
      assertEquals(4, read.channel().size());
      assertTrue(LockedFile.tryOpen(path).isEmpty());
    }
    LockedFile.tryOpen(path).orElseThrow().close();
  }

  private static void readAndClose(Path path) {
    try {
      LockedFile.openToRead(path).close();
    } catch (IOException | Fault e) {
      throw new IllegalStateException(e);
    }
  }

  private static void openAndClose(Path path) {
    try {
      LockedFile.open(path).close();
    } catch (IOException | Fault e) {
      throw new IllegalStateException(e);
    }
  }

  private static String inAnotherProcess(Path path) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Other.class.getName(),
                path.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
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
}
