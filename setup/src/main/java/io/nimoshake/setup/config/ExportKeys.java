package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.choice;

import java.util.Arrays;
import java.util.List;

/** Copying tables from exports instead of by Scan. */
public final class ExportKeys {
  private ExportKeys() {}

  /** {@code full.source}. */
  public enum CopySource {
    SCAN,
    EXPORT
  }

  public static final ConfigKey<CopySource> SOURCE =
      key(
              "full.source",
              choice("scan", CopySource.SCAN, "export", CopySource.EXPORT),
              "Where the copy reads the items. scan: from the table. export: from an export of the"
                  + " table in DynamoDB JSON, which costs no read capacity.")
          .byDefault("scan");

  public static final ConfigKey<List<String>> MANIFEST =
      key(
          "export.manifest",
          new ValueType<>(
              "directories separated by ;",
              text ->
                  Arrays.stream(text.split(";"))
                      .map(String::strip)
                      .filter(path -> !path.isEmpty())
                      .toList()),
          "The directories of the exports to copy from: each has manifest-summary.json,"
              + " manifest-files.json and the data files in data. Every table needs one. If the"
              + " stream is to be followed, it must have been enabled before the export, and the"
              + " export may be 24 hours old at most.");

  static final ConfigSection SECTION = ConfigSection.of("Export", SOURCE, MANIFEST);
}
