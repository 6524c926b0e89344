package io.nimoshake.testkit.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a full export in DynamoDB JSON into a directory, with the names and members that AWS
 * documents.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html">
 *     Amazon DynamoDB Developer Guide, DynamoDB table export output format</a>
 */
public final class ExportDirectory {
  private static final String ID = "01693685827463-2d8752fd";

  private ExportDirectory() {}

  /**
   * What an export says of itself.
   *
   * @param exportId the last part of its ARN, and of its directory
   * @param prefix begins the keys of its files
   * @param started when it was requested
   * @param time it has the items as they were at this time
   */
  record Facts(
      String exportId,
      String tableArn,
      String tableId,
      String bucket,
      Optional<String> prefix,
      Instant started,
      Instant time) {
    String arn() {
      return tableArn + "/export/" + exportId;
    }

    /** The key of the directory of the manifests, with a slash at its end. */
    String directory() {
      return prefix.map(under -> under + "/").orElse("") + "AWSDynamoDB/" + exportId + "/";
    }
  }

  /**
   * Writes an export.
   *
   * @param files the items of each data file, as DynamoDB JSON
   * @return the directory of the manifests
   */
  public static Path write(Path parent, String table, Instant time, List<List<String>> files)
      throws IOException {
    Facts facts =
        new Facts(
            ID,
            "arn:aws:dynamodb:us-east-1:123456789012:table/" + table,
            "12345a12-abcd-123a-ab12-1234abc12345",
            "exports",
            Optional.empty(),
            time,
            time);
    return write(parent, facts, files);
  }

  /**
   * Writes an export into a bucket, as DynamoDB does: first the file that shows that the bucket can
   * be written to, last the summary.
   *
   * @param bucket the directory of the bucket
   */
  static Path write(Path bucket, Facts facts, List<List<String>> files) throws IOException {
    Path directory = start(bucket, facts);
    Path data = Files.createDirectories(directory.resolve("data"));
    List<String> lines = new ArrayList<>();
    int all = 0;
    for (int i = 0; i < files.size(); i++) {
      List<String> items = files.get(i);
      byte[] zipped = zip(items);
      String name = String.format("%04dj6gx2y7pvjhbiqzhzfnozs.json.gz", i);
      Files.write(data.resolve(name), zipped);
      lines.add(
          String.format(
              "{\"itemCount\":%d,\"md5Checksum\":\"%s\",\"etag\":\"%032x-1\","
                  + "\"dataFileS3Key\":\"%sdata/%s\"}",
              items.size(), md5(zipped), i, facts.directory(), name));
      all += items.size();
    }
    manifest(directory, "manifest-files", String.join("\n", lines) + "\n");
    manifest(
        directory,
        "manifest-summary",
        String.format(
            "{\"version\":\"2020-06-30\",\"exportArn\":\"%s\","
                + "\"startTime\":\"%s\",\"endTime\":\"%s\",\"tableArn\":\"%s\","
                + "\"tableId\":\"%s\",\"exportTime\":\"%s\","
                + "\"s3Bucket\":\"%s\",\"s3Prefix\":%s,\"s3SseAlgorithm\":\"AES256\","
                + "\"s3SseKmsKeyId\":null,\"manifestFilesS3Key\":\"%smanifest-files.json\","
                + "\"billedSizeBytes\":0,\"itemCount\":%d,\"outputFormat\":\"DYNAMODB_JSON\","
                + "\"exportType\":\"FULL_EXPORT\"}",
            facts.arn(),
            facts.started(),
            facts.started(),
            facts.tableArn(),
            facts.tableId(),
            facts.time(),
            facts.bucket(),
            facts.prefix().map(prefix -> "\"" + prefix + "\"").orElse("null"),
            facts.directory(),
            all));
    return directory;
  }

  /** Writes what shows that the bucket can be written to. */
  static Path start(Path bucket, Facts facts) throws IOException {
    Path directory = Files.createDirectories(bucket.resolve(facts.directory()));
    Files.write(directory.resolve("_started"), new byte[0]);
    return directory;
  }

  private static void manifest(Path directory, String name, String text) throws IOException {
    Files.writeString(directory.resolve(name + ".json"), text);
    Files.writeString(directory.resolve(name + ".checksum"), md5(text.getBytes(UTF_8)));
  }

  private static byte[] zip(List<String> items) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      for (String item : items) {
        out.write(("{\"Item\":" + item + "}\n").getBytes(UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private static String md5(byte[] bytes) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
