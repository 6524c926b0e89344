package io.nimoshake.setup.file;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.Sleeper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;

/**
 * A file that several processes write, and that one of them may replace by another file of the same
 * name. Whoever has it open holds the lock of the file that the path names, not of a file that was
 * replaced.
 *
 * <p>A process loses its locks of a file as soon as it closes any channel of that file. So only one
 * thread of this process has the file open at a time.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9699919799/functions/close.html">POSIX,
 *     close(): outstanding record locks</a>
 */
public final class LockedFile implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** Who may open a file in this process. A process opens few files. */
  private static final ConcurrentMap<Path, Semaphore> IN_THIS_PROCESS = new ConcurrentHashMap<>();

  private final FileChannel channel;
  private final Semaphore turn;

  private LockedFile(FileChannel channel, Semaphore turn) {
    this.channel = channel;
    this.turn = turn;
  }

  /** Opens a file to read and write, creates it if it is absent, and waits for its lock. */
  public static LockedFile open(Path path) throws IOException, Fault {
    Semaphore turn = turnOf(path);
    await(turn);
    try {
      Optional<FileChannel> channel = lock(path);
      while (channel.isEmpty()) {
        Sleeper.IN_THREAD.sleep(PAUSE);
        channel = lock(path);
      }
      return new LockedFile(channel.get(), turn);
    } catch (IOException | Fault | RuntimeException e) {
      turn.release();
      throw e;
    }
  }

  /**
   * Opens a file that exists to read it, without the lock: another process may write to it. Waits
   * until no other thread of this process has it open, whose lock would be lost when this one
   * closes it.
   */
  public static LockedFile openToRead(Path path) throws IOException, Fault {
    Semaphore turn = turnOf(path);
    await(turn);
    try {
      return new LockedFile(FileChannel.open(path, StandardOpenOption.READ), turn);
    } catch (IOException | RuntimeException e) {
      turn.release();
      throw e;
    }
  }

  private static void await(Semaphore turn) throws Fault {
    try {
      turn.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault.Fatal("interrupted", e);
    }
  }

  /** As {@link #open}, but does not wait; empty if somebody else holds the lock. */
  public static Optional<LockedFile> tryOpen(Path path) throws IOException {
    Semaphore turn = turnOf(path);
    if (!turn.tryAcquire()) {
      return Optional.empty();
    }
    Optional<FileChannel> channel = Optional.empty();
    try {
      channel = lock(path);
    } finally {
      if (channel.isEmpty()) {
        turn.release();
      }
    }
    return channel.map(of -> new LockedFile(of, turn));
  }

  /** Reads the file, and writes it unless it was opened to read. Its position is the beginning. */
  public FileChannel channel() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      turn.release();
    }
  }

  /** By the real path of the directory: the file itself may not be there yet. */
  private static Semaphore turnOf(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path real = absolute.getParent().toRealPath().resolve(absolute.getFileName());
    return IN_THIS_PROCESS.computeIfAbsent(real, name -> new Semaphore(1, true));
  }

  /** Empty if another process has the lock. */
  private static Optional<FileChannel> lock(Path path) throws IOException {
    while (true) {
      Object before = identity(path);
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      boolean locked = false;
      boolean same = false;
      try {
        locked = channel.tryLock() != null;
        same = Objects.equals(before, identity(path));
      } finally {
        if (!locked || !same) {
          channel.close();
        }
      }
      if (!locked) {
        return Optional.empty();
      }
      if (same) {
        return Optional.of(channel);
      }
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
