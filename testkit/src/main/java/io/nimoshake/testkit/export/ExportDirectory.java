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
  private static final String EXPORT = "AWSDynamoDB/01693685827463-2d8752fd/";

  private ExportDirectory() {}

  /**
   * Writes an export.
   *
   * @param files the items of each data file, as DynamoDB JSON
   * @return the directory of the manifests
   */
  public static Path write(Path parent, String table, Instant time, List<List<String>> files)
      throws IOException {
    Path directory = Files.createDirectories(parent.resolve(EXPORT));
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
              items.size(), md5(zipped), i, EXPORT, name));
      all += items.size();
    }
    String arn = "arn:aws:dynamodb:us-east-1:123456789012:table/" + table;
    manifest(directory, "manifest-files", String.join("\n", lines) + "\n");
    manifest(
        directory,
        "manifest-summary",
        String.format(
            "{\"version\":\"2020-06-30\",\"exportArn\":\"%s/export/01693685827463-2d8752fd\","
                + "\"startTime\":\"%s\",\"endTime\":\"%s\",\"tableArn\":\"%s\","
                + "\"tableId\":\"12345a12-abcd-123a-ab12-1234abc12345\",\"exportTime\":\"%s\","
                + "\"s3Bucket\":\"exports\",\"s3Prefix\":null,\"s3SseAlgorithm\":\"AES256\","
                + "\"s3SseKmsKeyId\":null,\"manifestFilesS3Key\":\"%smanifest-files.json\","
                + "\"billedSizeBytes\":0,\"itemCount\":%d,\"outputFormat\":\"DYNAMODB_JSON\","
                + "\"exportType\":\"FULL_EXPORT\"}",
            arn, time, time, arn, time, EXPORT, all));
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
