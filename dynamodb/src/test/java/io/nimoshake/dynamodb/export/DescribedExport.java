package io.nimoshake.dynamodb.export;

/** What DescribeExport answers, as far as it matters. */
final class DescribedExport {
  private DescribedExport() {}

  static String json(String arn, String status) {
    return json(arn, status, "token");
  }

  static String json(String arn, String status, String token) {
    return "{\"ExportDescription\":{\"ExportArn\":\""
        + arn
        + "\",\"ExportStatus\":\""
        + status
        + "\",\"ClientToken\":\""
        + token
        + "\",\"FailureCode\":\"S3NoSuchBucket\",\"FailureMessage\":\"no\"}}";
  }
}
