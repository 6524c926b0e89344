package io.nimoshake.dynamodb.export;

import java.time.Instant;
import java.util.Optional;

/**
 * How far an export is, as DescribeExport says.
 *
 * <pre>
 *   IN_PROGRESS -+-> COMPLETED
 *                +-> FAILED
 * </pre>
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportDescription.html">
 *     ExportDescription</a>
 */
public sealed interface ExportStatus {
  /** Identifies the export. */
  String arn();

  /** DynamoDB is still writing it. */
  record InProgress(String arn, Optional<Instant> started) implements ExportStatus {}

  /**
   * It can be read.
   *
   * @param location the directory of its manifests: {@code s3://bucket/prefix/AWSDynamoDB/id}
   * @param serviceTime the service's clock when it answered
   */
  record Completed(String arn, String location, Instant serviceTime) implements ExportStatus {}

  /**
   * It never will be complete.
   *
   * @param code such as {@code S3NoSuchBucket}
   * @param message what DynamoDB says about it
   */
  record Failed(String arn, String code, String message) implements ExportStatus {
    /** As a sentence without its full stop. */
    String describe(String table) {
      return "the export "
          + arn
          + " of table "
          + table
          + " has failed: "
          + code
          + " ("
          + message
          + ")";
    }
  }
}
