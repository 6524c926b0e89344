package io.nimoshake.dynamodb.file;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.nimoshake.core.fault.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Writes files so that they survive a crash of the machine. */
final class DurableFiles {
  private DurableFiles() {}

  /**
   * Cuts a file at an offset, appends, and returns when the disk has it.
   *
   * @throws Fault.TableFailed if the file does not reach to the offset
   */
  static void append(Path file, long offset, List<ByteBuffer> parts) throws IOException, Fault {
    long size = Files.exists(file) ? Files.size(file) : 0;
    if (size < offset) {
      throw new Fault.TableFailed(
          file
              + " has "
              + size
              + " bytes, but the journal says "
              + offset
              + ": restore the file, or delete the checkpoint and the files, and copy again",
          null);
    }
    write(file, offset, parts);
  }

  private static void write(Path file, long offset, List<ByteBuffer> parts) throws IOException {
    boolean isNew = !Files.exists(file);
    try (FileChannel channel = FileChannel.open(file, CREATE, WRITE)) {
      channel.truncate(offset);
      channel.position(offset);
      for (ByteBuffer part : parts) {
        while (part.hasRemaining()) {
          channel.write(part);
        }
      }
      channel.force(false);
    }
    if (isNew) {
      forceDirectory(file.getParent());
    }
  }

  /** Writes a file as a whole: after a crash it is there with all of this, or not there. */
  static void replace(Path file, byte[] content) throws IOException {
    Path successor = file.resolveSibling(file.getFileName() + ".new");
    write(successor, 0, List.of(ByteBuffer.wrap(content)));
    move(successor, file);
    forceDirectory(file.getParent());
  }

  static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Makes the names in a directory durable. */
  static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open directories, and does not need this.
      if (!System.getProperty("os.name").startsWith("Windows")) {
        throw e;
      }
    }
  }

  /** A full disk gets room again. What was taken away from the program may not come back. */
  static Fault fault(String doing, IOException e) {
    String message = "cannot " + doing + ": " + e;
    return e instanceof NoSuchFileException || e instanceof AccessDeniedException
        ? new Fault.Unknown(message, e)
        : new Fault.Transient(message, e);
  }
}
