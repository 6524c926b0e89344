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
 * Writes a full or incremental export in DynamoDB JSON into a directory, with the names and members
 * that AWS documents. Data files of incremental exports are in one directory for all exports.
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
   * @param span of which time it is
   */
  record Facts(
      String exportId,
      String tableArn,
      String tableId,
      String bucket,
      Optional<String> prefix,
      Instant started,
      Span span) {
    String arn() {
      return tableArn + "/export/" + exportId;
    }

    /** The key of the directory of the manifests, with a slash at its end. */
    String directory() {
      return root() + exportId + "/";
    }

    private String root() {
      return prefix.map(under -> under + "/").orElse("") + "AWSDynamoDB/";
    }

    private String dataDirectory() {
      return (span instanceof Full ? directory() : root()) + "data/";
    }

    /** Distinguishes the files of all exports that have a directory in common. */
    private String dataFile(int index) {
      return String.format("%04dj6gx2y7pvjh", index)
          + (span instanceof Full
              ? "biqzhzfnozs"
              : Long.toString(Integer.toUnsignedLong(arn().hashCode()), 36))
          + ".json.gz";
    }
  }

  /** Of which time an export is. */
  sealed interface Span {}

  /** All items as they were at this time. */
  record Full(Instant time) implements Span {}

  /**
   * The items that changed in a window.
   *
   * @param view {@code NEW_IMAGE} or {@code NEW_AND_OLD_IMAGES}
   */
  record Incremental(Instant from, Instant to, String view) implements Span {}

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
            new Full(time));
    return write(
        parent,
        facts,
        files.stream()
            .map(items -> items.stream().map(item -> "{\"Item\":" + item + "}").toList())
            .toList());
  }

  /**
   * Writes an export into a bucket, as DynamoDB does: first the file that shows that the bucket can
   * be written to, last the summary.
   *
   * @param bucket the directory of the bucket
   * @param files the lines of each data file
   */
  static Path write(Path bucket, Facts facts, List<List<String>> files) throws IOException {
    Path directory = start(bucket, facts);
    Path data = Files.createDirectories(bucket.resolve(facts.dataDirectory()));
    List<String> lines = new ArrayList<>();
    int all = 0;
    for (int i = 0; i < files.size(); i++) {
      List<String> items = files.get(i);
      byte[] zipped = zip(items);
      String name = facts.dataFile(i);
      Files.write(data.resolve(name), zipped);
      lines.add(
          String.format(
              "{\"itemCount\":%d,\"md5Checksum\":\"%s\",\"etag\":\"%032x-1\","
                  + "\"dataFileS3Key\":\"%s%s\"}",
              items.size(), md5(zipped), i, facts.dataDirectory(), name));
      all += items.size();
    }
    manifest(directory, "manifest-files", String.join("\n", lines) + "\n");
    manifest(
        directory,
        "manifest-summary",
        String.format(
            "{\"version\":\"%s\",\"exportArn\":\"%s\","
                + "\"startTime\":\"%s\",\"endTime\":\"%s\",\"tableArn\":\"%s\","
                + "\"tableId\":\"%s\",%s,"
                + "\"s3Bucket\":\"%s\",\"s3Prefix\":%s,\"s3SseAlgorithm\":\"AES256\","
                + "\"s3SseKmsKeyId\":null,\"manifestFilesS3Key\":\"%smanifest-files.json\","
                + "\"billedSizeBytes\":0,\"itemCount\":%d,\"outputFormat\":\"DYNAMODB_JSON\","
                + "%s}",
            facts.span() instanceof Full ? "2020-06-30" : "2023-08-01",
            facts.arn(),
            facts.started(),
            facts.started(),
            facts.tableArn(),
            facts.tableId(),
            times(facts.span()),
            facts.bucket(),
            facts.prefix().map(prefix -> "\"" + prefix + "\"").orElse("null"),
            facts.directory(),
            all,
            type(facts.span())));
    return directory;
  }

  private static String times(Span span) {
    if (span instanceof Incremental window) {
      return String.format(
          "\"exportFromTime\":\"%s\",\"exportToTime\":\"%s\"", window.from(), window.to());
    }
    return "\"exportTime\":\"" + ((Full) span).time() + "\"";
  }

  private static String type(Span span) {
    return span instanceof Incremental window
        ? "\"outputView\":\"" + window.view() + "\",\"exportType\":\"INCREMENTAL_EXPORT\""
        : "\"exportType\":\"FULL_EXPORT\"";
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

  private static byte[] zip(List<String> lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      for (String line : lines) {
        out.write((line + "\n").getBytes(UTF_8));
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
