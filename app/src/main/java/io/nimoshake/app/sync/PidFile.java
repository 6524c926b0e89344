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

  static PidFile write(Path directory, String id) throws ConfigurationException {
    Path file = directory.resolve(id + ".pid");
    try {
      Files.createDirectories(directory);
      Files.writeString(file, ProcessHandle.current().pid() + "\n");
    } catch (IOException e) {
      throw new ConfigurationException("pid_path: " + file + " cannot be written: " + e);
    }
    return new PidFile(file);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
