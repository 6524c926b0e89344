package io.nimoshake.dynamodb.export;

import io.nimoshake.core.fault.Fault;
import java.io.IOException;
import java.io.InputStream;

/** Where the files of one export are. For any thread. */
public interface ExportStore {
  /** The export's directory, for messages and ids. The same store can be opened by it. */
  String location();

  /**
   * Opens a file beside the manifests, such as {@code manifest-summary.json}.
   *
   * @throws java.nio.file.NoSuchFileException if there is no such file
   */
  InputStream manifest(String name) throws IOException, Fault;

  /**
   * Opens a data file.
   *
   * @param key its key, as the manifest has it
   * @throws java.nio.file.NoSuchFileException if there is no such file
   */
  InputStream data(String key) throws IOException, Fault;
}
