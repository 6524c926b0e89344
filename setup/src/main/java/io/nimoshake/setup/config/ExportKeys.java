package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.choice;
import static io.nimoshake.setup.config.ValueType.flag;
import static io.nimoshake.setup.config.ValueType.httpUrl;

import java.net.URI;
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
              "directories or s3:// addresses, separated by ;",
              text ->
                  Arrays.stream(text.split(";"))
                      .map(String::strip)
                      .filter(path -> !path.isEmpty())
                      .toList()),
          "The exports to copy from: each a local directory or an address such as"
              + " s3://bucket/prefix/AWSDynamoDB/id, with manifest-summary.json,"
              + " manifest-files.json and the data files in data. Every table needs one. If the"
              + " stream is to be followed, it must have been enabled at least 5 minutes before the"
              + " export, and the export may be 23 hours old at most.");

  public static final ConfigKey<URI> ENDPOINT_URL =
      key(
          "export.endpoint_url",
          httpUrl(),
          "Endpoint of a service that is compatible with Amazon S3. Without a value: S3 itself.");

  public static final ConfigKey<Boolean> PATH_STYLE =
      key(
              "export.path_style",
              flag(),
              "Whether the bucket is part of the path instead of the host name, as services that are"
                  + " compatible with S3 often need it.")
          .byDefault("false");

  static final ConfigSection SECTION =
      ConfigSection.of("Export", SOURCE, MANIFEST, ENDPOINT_URL, PATH_STYLE);
}
