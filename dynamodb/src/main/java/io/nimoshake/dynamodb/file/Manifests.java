package io.nimoshake.dynamodb.file;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.nimoshake.dynamodb.file.SplitFiles.DataFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes the manifests of an export, and their checksums. The summary comes last: with it, the
 * export is complete.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html">
 *     Amazon DynamoDB Developer Guide, DynamoDB table export output format</a>
 */
final class Manifests {
  static final String SUMMARY = "manifest-summary";
  static final String JSON = ".json";

  private static final String FILES = "manifest-files";
  private static final String CHECKSUM = ".checksum";
  private static final JsonFactory FACTORY = new JsonFactory();

  /** The account and the region of the table are not known. */
  private static final String ARN = "arn:aws:dynamodb:local:000000000000:table/";

  private final ExportPlace place;
  private final List<DataFile> files;

  Manifests(ExportPlace place, List<DataFile> files) {
    this.place = place;
    this.files = files;
  }

  /**
   * Writes them.
   *
   * @param end when the last data file was complete
   */
  void write(Instant end) throws IOException {
    write(FILES, files());
    write(SUMMARY, summary(end));
  }

  private void write(String name, byte[] content) throws IOException {
    String md5 = Base64.getEncoder().encodeToString(Md5.digest().digest(content));
    DurableFiles.replace(place.directory().resolve(name + CHECKSUM), md5.getBytes(US_ASCII));
    DurableFiles.replace(place.directory().resolve(name + JSON), content);
  }

  private interface Members {
    void write(JsonGenerator out) throws IOException;
  }

  private static void object(ByteArrayOutputStream bytes, Members members) throws IOException {
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      out.writeStartObject();
      members.write(out);
      out.writeEndObject();
    }
    bytes.write('\n');
  }

  private byte[] files() throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (DataFile file : files) {
      object(
          lines,
          out -> {
            out.writeNumberField("itemCount", file.items());
            out.writeStringField("md5Checksum", file.md5());
            // The ETag that S3 gives an object that is uploaded in one part.
            out.writeStringField(
                "etag", HexFormat.of().formatHex(Base64.getDecoder().decode(file.md5())));
            out.writeStringField("dataFileS3Key", place.key() + "/data/" + file.name());
          });
    }
    return lines.toByteArray();
  }

  private byte[] summary(Instant end) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    String table = ARN + place.table();
    object(
        line,
        out -> {
          out.writeStringField("version", "2020-06-30");
          out.writeStringField("exportArn", table + "/export/" + place.id());
          out.writeStringField("startTime", place.time().toString());
          out.writeStringField("endTime", end.toString());
          out.writeStringField("tableArn", table);
          out.writeStringField("exportTime", place.time().toString());
          out.writeNullField("s3Bucket");
          out.writeStringField("s3Prefix", place.table());
          out.writeNullField("s3SseAlgorithm");
          out.writeNullField("s3SseKmsKeyId");
          out.writeStringField("manifestFilesS3Key", place.key() + "/" + FILES + JSON);
          out.writeNumberField("billedSizeBytes", 0);
          out.writeNumberField("itemCount", files.stream().mapToLong(DataFile::items).sum());
          out.writeStringField("outputFormat", "DYNAMODB_JSON");
          out.writeStringField("exportType", "FULL_EXPORT");
        });
    return line.toByteArray();
  }
}
