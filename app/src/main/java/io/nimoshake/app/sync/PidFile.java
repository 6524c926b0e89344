package io.nimoshake.app.sync;

import io.nimoshake.setup.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that holds this process's id while it runs, for scripts. */
final class PidFile implements AutoCloseable {
  private final Path file;

  private PidFile(Path file) {
    this.file = file;
  }

  /** Checks that the file can be written, before anything else is. Another sync may own it. */
  static void requireWritable(Path directory, String id) throws ConfigurationException {
    Path file = directory.resolve(id + ".pid");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw cannotWrite(file, e.toString());
    }
    if (!Files.isWritable(Files.exists(file) ? file : directory)) {
      throw cannotWrite(file, "no permission");
    }
  }

  private static ConfigurationException cannotWrite(Path file, String why) {
    return new ConfigurationException("pid_path: " + file + " cannot be written: " + why);
  }

  static PidFile write(Path directory, String id) throws ConfigurationException {
    Path file = directory.resolve(id + ".pid");
    try {
      Files.createDirectories(directory);
      Files.writeString(file, ProcessHandle.current().pid() + "\n");
    } catch (IOException e) {
      throw cannotWrite(file, e.toString());
    }
    return new PidFile(file);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
