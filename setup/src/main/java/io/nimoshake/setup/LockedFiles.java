package io.nimoshake.setup;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Sleeper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Opens files that several processes write, and that one of them may replace by another file of the
 * same name. Whoever holds the lock holds that of the file that the path names, not of a file that
 * was replaced. Closing the channel releases the lock.
 */
public final class LockedFiles {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private LockedFiles() {}

  /** Opens a file to read and write, creates it if it is absent, and waits for its lock. */
  public static FileChannel open(Path path) throws IOException, Fault {
    while (true) {
      Object before = identity(path);
      FileChannel channel = openUnlocked(path);
      try {
        while (lock(channel).isEmpty()) {
          // The channel stays open: closing it would end the lock of another thread of this JVM.
          Sleeper.IN_THREAD.sleep(PAUSE);
        }
      } catch (IOException | Fault e) {
        channel.close();
        throw e;
      }
      if (Objects.equals(before, identity(path))) {
        return channel;
      }
      channel.close();
    }
  }

  /** As {@link #open}, but does not wait; empty if somebody else holds the lock. */
  public static Optional<FileChannel> tryOpen(Path path) throws IOException {
    while (true) {
      Object before = identity(path);
      FileChannel channel = openUnlocked(path);
      Optional<FileLock> lock = lock(channel);
      if (lock.isPresent() && Objects.equals(before, identity(path))) {
        return Optional.of(channel);
      }
      channel.close();
      if (lock.isEmpty()) {
        return Optional.empty();
      }
    }
  }

  private static FileChannel openUnlocked(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static Optional<FileLock> lock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException e) {
      // Another thread of this JVM has it.
      return Optional.empty();
    }
  }

  /** Tells a file from another one of the same name; null if there is none. */
  private static Object identity(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
