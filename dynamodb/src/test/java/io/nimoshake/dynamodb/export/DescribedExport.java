package io.nimoshake.dynamodb.export;

/** What DescribeExport answers, as far as it matters. */
final class DescribedExport {
  private DescribedExport() {}

  static String json(String arn, String status) {
    return "{\"ExportDescription\":{\"ExportArn\":\""
        + arn
        + "\",\"ExportStatus\":\""
        + status
        + "\",\"FailureCode\":\"S3NoSuchBucket\",\"FailureMessage\":\"no\"}}";
  }
}
