package io.nimoshake.dynamodb.export;

import java.util.Optional;

/**
 * Where DynamoDB writes the exports that are requested.
 *
 * @param bucket a bucket of Amazon S3
 * @param prefix begins the keys of all files; empty: none
 * @param owner the account that owns the bucket, if it is another one than that of the table
 * @param kmsKeyId the KMS key that encrypts the files; empty: a key of S3
 */
public record ExportDestination(
    String bucket, Optional<String> prefix, Optional<String> owner, Optional<String> kmsKeyId) {
  /** A bucket of the table's account, without a prefix, encrypted by a key of S3. */
  public static ExportDestination ofBucket(String bucket) {
    return new ExportDestination(bucket, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** For messages: {@code s3://bucket/prefix}. */
  @Override
  public String toString() {
    return S3Export.SCHEME + bucket + prefix.map(under -> "/" + under).orElse("");
  }
}
