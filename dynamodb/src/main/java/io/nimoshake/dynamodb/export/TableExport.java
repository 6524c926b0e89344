package io.nimoshake.dynamodb.export;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.Split.OfExport;
import io.nimoshake.core.port.Source.StreamHandle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * A full or incremental export of a table in DynamoDB JSON, as its manifests describe it.
 *
 * @param store where its files are
 * @param arn the ARN of the export
 * @param table name of the table
 * @param tableId id of the table, which a new table of the same name does not have; empty if the
 *     manifest does not say
 * @param time the export has the table's items as they were at this time; an incremental one only
 *     those that changed in its window, which ended then
 * @param files its data files, by key; the order is the same whenever the manifest is read
 */
public record TableExport(
    ExportStore store,
    String arn,
    String table,
    Optional<String> tableId,
    Instant time,
    List<DataFile> files) {
  /** Between location and ARN in an id. An ARN of an export has no such character. */
  private static final char ID_SEPARATOR = '#';

  private static final String SUMMARY = "manifest-summary.json";
  private static final String FILES = "manifest-files.json";

  /** How long a stream may take to become ENABLED. Its label is the time when that began. */
  private static final Duration ENABLING = Duration.ofMinutes(5);

  /** A stream keeps changes for 24 hours. One hour of them is left to begin the copy. */
  private static final Duration RETENTION = Duration.ofHours(23);

  private static final JsonFactory JSON = new JsonFactory();

  /**
   * One data file.
   *
   * @param key its key in the bucket
   * @param items how many items it has
   * @param md5 the MD5 of its bytes, in base64
   */
  public record DataFile(String key, long items, String md5) {}

  public TableExport {
    files = files.stream().sorted(Comparator.comparing(DataFile::key)).toList();
  }

  /**
   * Reads the manifests of a full export.
   *
   * @throws Fault.TableFailed if there is no such export, or if it cannot be copied
   * @throws Fault.Transient if the manifests cannot be read now
   */
  public static TableExport read(ExportStore store) throws Fault {
    return read(store, "FULL_EXPORT", "exportTime");
  }

  /**
   * Reads the manifests of an incremental export.
   *
   * @throws Fault.TableFailed if there is no such export, or if it is not an incremental one
   * @throws Fault.Transient if the manifests cannot be read now
   */
  public static TableExport readChanges(ExportStore store) throws Fault {
    return read(store, "INCREMENTAL_EXPORT", "exportToTime");
  }

  private static TableExport read(ExportStore store, String type, String timeMember) throws Fault {
    Map<String, String> summary = new HashMap<>();
    read(store, SUMMARY, in -> summary.putAll(object(in)));
    require(store, summary, "outputFormat", "DYNAMODB_JSON");
    // Manifests from before incremental exports do not have this member.
    summary.putIfAbsent("exportType", "FULL_EXPORT");
    require(store, summary, "exportType", type);
    List<DataFile> files = new ArrayList<>();
    read(
        store,
        FILES,
        in -> {
          Map<String, String> file = object(in);
          files.add(
              new DataFile(
                  member(file, "dataFileS3Key"),
                  Long.parseLong(member(file, "itemCount")),
                  member(file, "md5Checksum")));
        });
    try {
      String tableArn = member(summary, "tableArn");
      Instant time = Instant.parse(member(summary, timeMember));
      TableExport export =
          new TableExport(
              store,
              member(summary, "exportArn"),
              tableArn.substring(tableArn.lastIndexOf('/') + 1),
              Optional.ofNullable(summary.get("tableId")),
              time,
              files);
      export.requireItems(Long.parseLong(member(summary, "itemCount")));
      return export;
    } catch (IOException | DateTimeParseException | NumberFormatException e) {
      throw wrong(store, SUMMARY, e);
    }
  }

  /** Identifies the export in checkpoints. Another export in the same place has another id. */
  public String id() {
    return store.location() + ID_SEPARATOR + arn;
  }

  /** The location in an id. */
  static String location(String id) {
    int end = id.lastIndexOf(ID_SEPARATOR);
    return end < 0 ? id : id.substring(0, end);
  }

  /**
   * Checks that this is the export from which a copy began. Items are in other files in another
   * export, so a copy cannot continue from it.
   *
   * @throws Fault.TableFailed if it is not
   */
  void requireFile(OfExport split) throws Fault {
    if (!id().equals(split.export()) || files.size() != split.total()) {
      throw new Fault.TableFailed(
          (split instanceof ExportFile ? "the copy" : "the backfill")
              + " of table "
              + split.table()
              + " began from the export "
              + split.export()
              + " with "
              + split.total()
              + " files, but there is now the export "
              + id()
              + " with "
              + files.size()
              + " files: put the first export back, or copy the table anew",
          null);
    }
  }

  /**
   * Checks that this is an export of a table, not of another one of the same name.
   *
   * @param described the table's id; empty if the service gives none
   * @throws Fault.TableFailed if it is an export of another table
   */
  public void requireTable(Optional<String> described) throws Fault {
    if (tableId.isPresent() && described.isPresent() && !tableId.equals(described)) {
      throw new Fault.TableFailed(
          "the export "
              + store.location()
              + " is of another table "
              + table
              + ": its tableId is "
              + tableId.get()
              + ", that of the table is "
              + described.get(),
          null);
    }
  }

  /**
   * Checks that a stream has every change since the export.
   *
   * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html">
   *     Amazon DynamoDB Developer Guide, Change data capture for DynamoDB Streams: records are kept
   *     for 24 hours; the ARN of a stream ends with the time when it was created. From then on it
   *     is ENABLING for a while, and only an ENABLED stream is sure to have every change.</a>
   * @throws Fault.TableFailed if changes are missing
   */
  public void requireFollowing(StreamHandle stream) throws Fault {
    Instant enabled = enabled(stream).plus(ENABLING);
    Instant oldest = stream.serviceTime().minus(RETENTION);
    if (enabled.isAfter(time) || oldest.isAfter(time)) {
      throw new Fault.TableFailed(
          "the export "
              + store.location()
              + " is of "
              + time
              + ", but the stream of table "
              + table
              + " is sure to have the changes only from "
              + (enabled.isAfter(oldest) ? enabled : oldest)
              + ", so changes in between may be lost: make an export 5 minutes after the stream"
              + " was enabled or later, and use it within 23 hours, or set sync_mode = full",
          null);
    }
  }

  private static Instant enabled(StreamHandle stream) throws Fault {
    String label = stream.arn().substring(stream.arn().lastIndexOf('/') + 1);
    try {
      return LocalDateTime.parse(label).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw new Fault.TableFailed(
          "cannot tell since when the stream " + stream.arn() + " is enabled", e);
    }
  }

  private void requireItems(long expected) throws Fault {
    long items = files.stream().mapToLong(DataFile::items).sum();
    if (items != expected) {
      throw new Fault.TableFailed(
          "the export "
              + store.location()
              + " is not complete: "
              + SUMMARY
              + " has "
              + expected
              + " items, the files of "
              + FILES
              + " have "
              + items,
          null);
    }
  }

  private interface ObjectReader {
    void read(JsonParser in) throws IOException;
  }

  /** Reads all JSON objects of a manifest. */
  private static void read(ExportStore store, String name, ObjectReader reader) throws Fault {
    try (InputStream bytes = store.manifest(name);
        JsonParser in = JSON.createParser(bytes)) {
      while (in.nextToken() == JsonToken.START_OBJECT) {
        reader.read(in);
      }
    } catch (NoSuchFileException e) {
      throw new Fault.TableFailed(
          "the export "
              + store.location()
              + " has no "
              + name
              + ": it is not complete, or this is not the directory of its manifests",
          e);
    } catch (JacksonException | NumberFormatException e) {
      throw wrong(store, name, e);
    } catch (WrongManifest e) {
      throw wrong(store, name, e);
    } catch (SdkException e) {
      throw S3Export.fault(name + " of the export " + store.location(), e);
    } catch (IOException e) {
      throw new Fault.Transient(
          "cannot read " + name + " of the export " + store.location() + ": " + e, e);
    }
  }

  /** The members of an object that are texts or numbers. */
  private static Map<String, String> object(JsonParser in) throws IOException {
    Map<String, String> members = new HashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
        members.put(name, in.getText());
      } else {
        in.skipChildren();
      }
    }
    return members;
  }

  private static String member(Map<String, String> members, String name) throws IOException {
    String value = members.get(name);
    if (value == null) {
      throw new WrongManifest(name + " is missing");
    }
    return value;
  }

  private static void require(
      ExportStore store, Map<String, String> summary, String name, String wanted) throws Fault {
    String value = summary.getOrDefault(name, "missing");
    if (!value.equals(wanted)) {
      throw new Fault.TableFailed(
          "the export "
              + store.location()
              + " cannot be copied: its "
              + name
              + " is "
              + value
              + ", not "
              + wanted,
          null);
    }
  }

  private static Fault wrong(ExportStore store, String name, Exception e) {
    return new Fault.TableFailed(
        name + " of the export " + store.location() + " is damaged: " + e.getMessage(), e);
  }

  /** A manifest that is JSON, but does not have what it must have. */
  private static final class WrongManifest extends IOException {
    private static final long serialVersionUID = 1;

    WrongManifest(String message) {
      super(message);
    }
  }
}
