package io.nimoshake.app.replay;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.file.LockedFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;

/**
 * Reads the lines of a dead letter file and puts a file with the lines to keep in its place. A sync
 * may append lines meanwhile: they are kept. Until {@link #replace} the file is as it was. Only one
 * replay of a file can run at a time. For one thread.
 */
final class LetterFile implements AutoCloseable {
  private final Path path;
  private final Path successorPath;
  private final LockedFile successor;
  private final InputStream in;
  private long unread;
  private long length;
  private boolean replaced;

  /**
   * Opens an existing file.
   *
   * @throws Fault.Fatal if another replay of it is running
   */
  static LetterFile open(Path path) throws IOException, Fault {
    Path successorPath = path.resolveSibling(path.getFileName() + ".replay");
    Optional<LockedFile> successor = LockedFile.tryOpen(successorPath);
    if (successor.isEmpty()) {
      throw new Fault.Fatal("another replay of " + path + " is running");
    }
    try {
      return new LetterFile(path, successorPath, successor.get());
    } catch (IOException | Fault e) {
      successor.get().close();
      throw e;
    }
  }

  private LetterFile(Path path, Path successorPath, LockedFile successor)
      throws IOException, Fault {
    this.path = path;
    this.successorPath = successorPath;
    this.successor = successor;
    successor.channel().truncate(0);
    copyOwner();
    // With the lock, so that no line is half written.
    try (LockedFile locked = LockedFile.open(path)) {
      length = locked.channel().size();
    }
    unread = length;
    in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
  }

  /** A sync that runs as another user must still be able to append. */
  private void copyOwner() throws IOException {
    PosixFileAttributeView to =
        Files.getFileAttributeView(successorPath, PosixFileAttributeView.class);
    if (to == null) {
      return;
    }
    PosixFileAttributes from = Files.readAttributes(path, PosixFileAttributes.class);
    PosixFileAttributes now = to.readAttributes();
    if (!from.owner().equals(now.owner())) {
      to.setOwner(from.owner());
    }
    if (!from.group().equals(now.group())) {
      to.setGroup(from.group());
    }
    to.setPermissions(from.permissions());
  }

  /** The next line that was there when the file was opened, without its end; null at the end. */
  String next() throws IOException {
    if (unread == 0) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (unread > 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException(path + " has become shorter");
      }
      unread--;
      if (b == '\n') {
        break;
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Keeps a line. */
  void keep(String line) throws IOException {
    write(StandardCharsets.UTF_8.encode(line + "\n"));
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      successor.channel().write(bytes);
    }
  }

  /** Keeps all lines not read yet, and puts the kept lines in the place of the file. */
  void replace() throws IOException, Fault {
    for (String line = next(); line != null; line = next()) {
      keep(line);
    }
    try (LockedFile file = LockedFile.open(path)) {
      FileChannel locked = file.channel();
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      locked.position(length);
      while (locked.read(buffer) >= 0) {
        write(buffer.flip());
        buffer.clear();
      }
      successor.channel().force(true);
      Files.move(
          successorPath, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      replaced = true;
    }
  }

  /** Leaves the file as it is, unless it was replaced. */
  @Override
  public void close() throws IOException {
    in.close();
    if (!replaced) {
      Files.deleteIfExists(successorPath);
    }
    successor.close();
  }
}
