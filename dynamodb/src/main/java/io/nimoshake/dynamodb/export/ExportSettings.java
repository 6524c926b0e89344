package io.nimoshake.dynamodb.export;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Which exports there are, and how to reach them.
 *
 * @param manifests where the manifests of each export are: a local directory, or {@code
 *     s3://bucket/prefix/AWSDynamoDB/id}; with or without {@code manifest-summary.json} at the end.
 *     If there are none, tables are copied by Scan.
 * @param endpoint of a service that is compatible with Amazon S3; empty: S3 itself
 * @param pathStyle whether the bucket is part of the path instead of the host name
 */
public record ExportSettings(List<String> manifests, Optional<URI> endpoint, boolean pathStyle) {
  /** Tables are copied by Scan. */
  public static final ExportSettings NONE = new ExportSettings(List.of(), Optional.empty(), false);

  private static final String SUMMARY = "/manifest-summary.json";

  public ExportSettings {
    manifests = manifests.stream().map(ExportSettings::directory).toList();
  }

  private static String directory(String manifest) {
    String path =
        manifest.endsWith(SUMMARY)
            ? manifest.substring(0, manifest.length() - SUMMARY.length())
            : manifest;
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
