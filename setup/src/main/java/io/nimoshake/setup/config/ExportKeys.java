package io.nimoshake.setup.config;

import static io.nimoshake.setup.config.ConfigKey.key;
import static io.nimoshake.setup.config.ValueType.choice;
import static io.nimoshake.setup.config.ValueType.flag;
import static io.nimoshake.setup.config.ValueType.httpUrl;
import static io.nimoshake.setup.config.ValueType.text;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Copying tables from exports instead of by Scan, and backfilling gaps from exports. */
public final class ExportKeys {
  private static final Pattern TABLE = Pattern.compile("[A-Za-z0-9_.-]{3,255}");

  /** A partition key and perhaps a sort key, each with its type. */
  private static final Pattern KEY =
      Pattern.compile("([^,:;]+):([SNB])(?:\\s*,([^,:;]+):([SNB]))?");

  private ExportKeys() {}

  /** {@code full.source}. */
  public enum CopySource {
    SCAN,
    EXPORT,
    /** The faster way, for each table. */
    AUTO
  }

  public static final ConfigKey<CopySource> SOURCE =
      key(
              "full.source",
              choice("scan", CopySource.SCAN, "export", CopySource.EXPORT, "auto", CopySource.AUTO),
              "Where the copy reads the items. scan: from the table. export: from an export of the"
                  + " table in DynamoDB JSON, which costs no read capacity."
                  + " auto: the way that is faster, for each table; nimo-shake plan shows both.")
          .byDefault("scan");

  public static final ConfigKey<List<String>> MANIFEST =
      key(
          "export.manifest",
          new ValueType<>("directories or s3:// addresses, separated by ;", ExportKeys::places),
          "The exports to copy from: each a local directory or an address such as"
              + " s3://bucket/prefix/AWSDynamoDB/id, with manifest-summary.json,"
              + " manifest-files.json and the data files in data. Every table needs one, or"
              + " export.bucket must be set. If the stream is to be followed, it must have been"
              + " enabled at least 5 minutes before the export, and the export may be 23 hours old"
              + " at most.");

  public static final ConfigKey<URI> ENDPOINT_URL =
      key(
          "export.endpoint_url",
          httpUrl(),
          "Endpoint of a service that is compatible with Amazon S3. Without a value: S3 itself.");

  public static final ConfigKey<Boolean> PATH_STYLE =
      key(
              "export.path_style",
              flag(),
              "Whether the bucket is part of the path instead of the host name, as services that"
                  + " are compatible with S3 often need it.")
          .byDefault("false");

  public static final ConfigKey<Map<String, String>> ARN =
      key(
          "export.arn",
          new ValueType<>(
              "table=ARN of its export, separated by ;",
              text -> byTable(text, ExportKeys::arn, "table=arn:aws:dynamodb:...")),
          "Exports to copy from, by their ARN. One that is still in progress is waited for. The"
              + " rules of export.manifest apply.");

  public static final ConfigKey<String> BUCKET =
      key(
          "export.bucket",
          text("name of a bucket", "[a-z0-9A-Z][.\\-\\w]{1,253}[a-z0-9A-Z]"),
          "The bucket to which DynamoDB exports tables. With full.source = export, nimo-shake"
              + " requests an export of each table that has none in export.manifest or export.arn,"
              + " waits for it and copies it. With on_gap = backfill, it requests exports of the"
              + " changes that a table lacks. AWS charges for each export by its size.");

  public static final ConfigKey<String> PREFIX =
      key(
          "export.prefix",
          text("a key of S3", "[^;]{1,1024}"),
          "What the keys of the requested exports begin with.");

  public static final ConfigKey<String> BUCKET_OWNER =
      key(
          "export.bucket_owner",
          text("an account ID of 12 digits", "[0-9]{12}"),
          "The account that owns export.bucket, if it is not the account of the tables.");

  public static final ConfigKey<String> KMS_KEY_ID =
      key(
          "export.kms_key_id",
          text(),
          "The KMS key that encrypts the requested exports. Without a value, S3 encrypts them with"
              + " a key of its own.");

  public static final ConfigKey<Boolean> ENABLE_PITR =
      key(
              "export.enable_pitr",
              flag(),
              "Whether point-in-time recovery is enabled for a table that is to be exported, where"
                  + " it is off. It stays on, and AWS charges for it. With false, such a table"
                  + " fails.")
          .byDefault("false");

  public static final ConfigKey<Map<String, TableSchema>> SCHEMA =
      key(
          "export.schema",
          new ValueType<>(
              "table=key:TYPE,sort key:TYPE, separated by ;",
              text ->
                  byTable(text, ExportKeys::schema, "table=pk:S,sk:N with the types S, N and B")),
          "The keys of the tables, as in orders=customer:S,number:N;users=id:S. With it, the tables"
              + " are copied from export.manifest without any call to DynamoDB, so they need not"
              + " exist any more. Only for sync_mode = full. Secondary indexes are not created.");

  private static List<String> parts(String list) throws BadValue {
    List<String> parts =
        Arrays.stream(list.split(";")).map(String::strip).filter(part -> !part.isEmpty()).toList();
    if (parts.isEmpty()) {
      throw new BadValue("has nothing between its ;");
    }
    return parts;
  }

  private static List<String> places(String list) throws BadValue {
    List<String> places = parts(list);
    for (String place : places) {
      ValueType.path(place);
    }
    return places;
  }

  /** Reads the value of one table. */
  private interface OfTable<T> {
    /** Empty if the text has another form. */
    Optional<T> parse(String table, String text);
  }

  private static <T> Map<String, T> byTable(String list, OfTable<T> reader, String form)
      throws BadValue {
    Map<String, T> values = new LinkedHashMap<>();
    for (String part : parts(list)) {
      String[] sides = part.split("=", 2);
      Optional<T> value =
          sides.length == 2 && TABLE.matcher(sides[0].strip()).matches()
              ? reader.parse(sides[0].strip(), sides[1].strip())
              : Optional.empty();
      if (value.isEmpty()) {
        throw new BadValue("'" + part + "' must be " + form);
      }
      if (values.put(sides[0].strip(), value.get()) != null) {
        throw new BadValue("has table " + sides[0].strip() + " twice");
      }
    }
    return values;
  }

  private static Optional<String> arn(String table, String text) {
    return text.matches("arn:\\S+:table/" + Pattern.quote(table) + "/export/\\S+")
        ? Optional.of(text)
        : Optional.empty();
  }

  private static Optional<TableSchema> schema(String table, String text) {
    Matcher key = KEY.matcher(text);
    if (!key.matches()) {
      return Optional.empty();
    }
    Optional<KeyAttribute> sort =
        Optional.ofNullable(key.group(3)).map(name -> attribute(name, key.group(4)));
    return Optional.of(
        new TableSchema(table, attribute(key.group(1), key.group(2)), sort, List.of(), 0, 0));
  }

  private static KeyAttribute attribute(String name, String type) {
    return new KeyAttribute(name.strip(), KeyAttribute.Type.valueOf(type));
  }

  static final ConfigSection SECTION =
      ConfigSection.of(
          "Export",
          SOURCE,
          MANIFEST,
          ARN,
          BUCKET,
          PREFIX,
          BUCKET_OWNER,
          KMS_KEY_ID,
          ENABLE_PITR,
          SCHEMA,
          ENDPOINT_URL,
          PATH_STYLE);
}
