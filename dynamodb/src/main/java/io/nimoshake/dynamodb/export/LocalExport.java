package io.nimoshake.dynamodb.export;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An export in a local directory: the manifests, and the data files in {@code data}. Of the key of
 * a data file only the last part counts, because the export may have been copied from any prefix.
 */
record LocalExport(Path directory) implements ExportStore {
  @Override
  public String location() {
    return directory.toString();
  }

  @Override
  public InputStream manifest(String name) throws IOException {
    return Files.newInputStream(directory.resolve(name));
  }

  @Override
  public InputStream data(String key) throws IOException {
    return Files.newInputStream(
        directory.resolve("data").resolve(key.substring(key.lastIndexOf('/') + 1)));
  }
}
