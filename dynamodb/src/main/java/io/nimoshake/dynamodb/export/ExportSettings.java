package io.nimoshake.dynamodb.export;

import io.nimoshake.core.model.TableSchema;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which exports there are, and how to reach them.
 *
 * @param manifests where the manifests of each export are: a local directory, or {@code
 *     s3://bucket/prefix/AWSDynamoDB/id}; with or without {@code manifest-summary.json} at the end.
 *     If there are none, tables are copied by Scan.
 * @param arns ARN of an export by table, for tables that have one
 * @param schemas schema by table, if no table is to be described by its service
 * @param making how exports are made for tables that have none; empty: they are not
 * @param endpoint of a service that is compatible with Amazon S3; empty: S3 itself
 * @param pathStyle whether the bucket is part of the path instead of the host name
 * @param changes where incremental exports are written that close gaps; empty: none are made
 * @param goneAfter how long answers must agree that the past of a table is not kept
 */
public record ExportSettings(
    List<String> manifests,
    Map<String, String> arns,
    Map<String, TableSchema> schemas,
    Optional<Making> making,
    Optional<URI> endpoint,
    boolean pathStyle,
    Optional<ExportDestination> changes,
    Duration goneAfter) {
  /** Tables are copied by Scan. */
  public static final ExportSettings NONE = new ExportSettings(List.of(), Optional.empty(), false);

  private static final String SUMMARY = "/manifest-summary.json";

  /**
   * How exports are made.
   *
   * @param syncId distinguishes the requests of this sync from those of others
   * @param enablesRecovery whether point-in-time recovery is enabled where it is off
   * @param choice which tables are copied from an export
   */
  public record Making(
      String syncId, ExportDestination destination, boolean enablesRecovery, ExportChoice choice) {}

  /** Exports that exist. */
  public ExportSettings(List<String> manifests, Optional<URI> endpoint, boolean pathStyle) {
    this(
        manifests,
        Map.of(),
        Map.of(),
        Optional.empty(),
        endpoint,
        pathStyle,
        Optional.empty(),
        Duration.ofMinutes(2));
  }

  public ExportSettings {
    arns = Map.copyOf(arns);
    schemas = Map.copyOf(schemas);
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
