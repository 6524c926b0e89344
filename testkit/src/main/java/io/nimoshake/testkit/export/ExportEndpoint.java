package io.nimoshake.testkit.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.testkit.wire.Answer;
import io.nimoshake.testkit.wire.Call;
import io.nimoshake.testkit.wire.Gateway;
import io.nimoshake.testkit.wire.Reply;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in front of DynamoDB Local and exports its tables to a directory, which an {@link
 * ObjectServer} may serve as a bucket. DynamoDB Local itself knows no exports and no point-in-time
 * recovery. All other calls pass through. To have calls throttled or lost, put an {@link
 * io.nimoshake.testkit.fault.HttpFaultProxy} in front.
 *
 * <p>A full export has the items as they are when it is requested, whatever its time. An
 * incremental one has the changes that were made through this endpoint since point-in-time recovery
 * of the table is on. While exports are held, they stay IN_PROGRESS. Times are seconds, as DynamoDB
 * sends them.
 *
 * <p>The clock of the service can be ahead: see {@link #passTime}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html">
 *     ExportTableToPointInTime</a>
 */
public final class ExportEndpoint implements AutoCloseable {
  private static final String API = "com.amazonaws.dynamodb.v20120810#";
  private static final int SCANNED_A_PAGE = 500;
  private static final JsonMapper JSON = new JsonMapper();

  private final ServiceClock clock = new ServiceClock();
  private final ChangeLog changes = new ChangeLog(clock::now);
  private final Gateway gateway;
  private final String bucket;
  private final Path directory;
  private final int files;

  /** Since when the past of a table is kept. */
  private final Map<String, Instant> recoverySince = new ConcurrentHashMap<>();

  // Guarded by this.
  private final Map<String, Export> exports = new LinkedHashMap<>();
  private final Set<String> written = new HashSet<>();
  private boolean held;
  private Optional<ObjectNode> nextFailure = Optional.empty();

  /**
   * An export and what becomes of it.
   *
   * @param request what was asked for
   * @param files the lines of each data file
   * @param failure why it fails; empty if it does not
   */
  private record Export(
      ExportDirectory.Facts facts,
      ObjectNode request,
      List<List<String>> files,
      Optional<ObjectNode> failure) {}

  private ExportEndpoint(URI upstream, String bucket, Path directory, int files) {
    this.bucket = bucket;
    this.directory = directory;
    this.files = files;
    gateway = Gateway.start(upstream, this::handle);
  }

  /**
   * Starts one in front of a server.
   *
   * @param directory the bucket
   * @param files how many data files an export has
   */
  public static ExportEndpoint to(URI upstream, String bucket, Path directory, int files) {
    return new ExportEndpoint(upstream, bucket, directory, files);
  }

  /** Where clients of tables are to connect. */
  public URI endpoint() {
    return gateway.endpoint();
  }

  /**
   * Lets time pass for the service: the Date of its answers, its exports and new records of its
   * streams are later by so much. Make the streams of the server behind it older by the same time.
   */
  public void passTime(Duration time) {
    clock.pass(time);
  }

  /** The time of the service. */
  public Instant now() {
    return clock.now();
  }

  /** Exports stay IN_PROGRESS from now on. */
  public synchronized void hold() {
    held = true;
  }

  /** Exports that are IN_PROGRESS become COMPLETED, and later ones at once. */
  public synchronized void release() {
    held = false;
  }

  /** The next export that is requested fails. */
  public synchronized void failNext(String code, String message) {
    nextFailure =
        Optional.of(
            JSON.createObjectNode().put("FailureCode", code).put("FailureMessage", message));
  }

  /** Switches point-in-time recovery of a table on, as of now. It is off at first. */
  public void enableRecovery(String table) {
    recoverySince.putIfAbsent(table, seconds());
  }

  /** Switches point-in-time recovery of a table off. Its past is lost. */
  public void disableRecovery(String table) {
    recoverySince.remove(table);
  }

  /** Whether point-in-time recovery of a table is on. */
  public boolean isRecoveryEnabled(String table) {
    return recoverySince.containsKey(table);
  }

  /** ARNs of all exports, oldest first. */
  public synchronized List<String> exports() {
    return List.copyOf(exports.keySet());
  }

  @Override
  public void close() {
    gateway.close();
  }

  private Reply handle(Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException {
    return new Reply.Whole(clock.show(call, answer(call, upstream)));
  }

  private Answer answer(Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException {
    return switch (call.operation()) {
      case "ExportTableToPointInTime" -> export(call, upstream);
      case "DescribeExport" -> describe(read(call.body()).path("ExportArn").asText());
      case "ListExports" -> list(read(call.body()).path("TableArn").asText());
      case "DescribeContinuousBackups" -> recovery(read(call.body()).path("TableName").asText());
      case "UpdateContinuousBackups" -> enable(read(call.body()).path("TableName").asText());
      default ->
          ChangeLog.isWrite(call.operation())
              ? changes.write(
                  call.operation(),
                  read(call.body()),
                  () -> upstream.forward(call),
                  (operation, body) -> read(upstream.forward(call(call, operation, body)).body()),
                  this::isRecoveryEnabled)
              : upstream.forward(call);
    };
  }

  // --- exports ---------------------------------------------------------------------------------

  private synchronized Answer export(Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException {
    ObjectNode request = read(call.body());
    for (Export made : exports.values()) {
      if (made.request().path("ClientToken").equals(request.path("ClientToken"))) {
        return made.request().equals(request)
            ? answer(description(made))
            : error("ExportConflictException", "the token was used with other parameters");
      }
    }
    String tableArn = request.path("TableArn").asText();
    String table = tableArn.substring(tableArn.lastIndexOf('/') + 1);
    if (!recoverySince.containsKey(table)) {
      return error(
          "PointInTimeRecoveryUnavailableException",
          "Point in time recovery is not enabled for table '" + table + "'");
    }
    if (!request.path("S3Bucket").asText().equals(bucket)) {
      failNext("S3NoSuchBucket", "The specified bucket does not exist");
    }
    return switch (request.path("ExportType").asText("FULL_EXPORT")) {
      case "FULL_EXPORT" -> full(call, upstream, request, table);
      case "INCREMENTAL_EXPORT" -> incremental(call, upstream, request, table);
      default -> error("ValidationException", "no such ExportType");
    };
  }

  private Answer full(Call call, Gateway.Upstream upstream, ObjectNode request, String table)
      throws IOException, InterruptedException {
    Instant time = seconds(request.path("ExportTime"));
    if (time.isBefore(recoverySince.get(table)) || time.isAfter(seconds().plusSeconds(1))) {
      return error("InvalidExportTimeException", "the time is not in the recovery window");
    }
    return accepted(
        call,
        upstream,
        request,
        table,
        new ExportDirectory.Full(time),
        byFile(items(call, upstream, table)));
  }

  private Answer incremental(Call call, Gateway.Upstream upstream, ObjectNode request, String table)
      throws IOException, InterruptedException {
    WindowRequest window =
        WindowRequest.of(request.path("IncrementalExportSpecification"), seconds());
    Optional<WindowRequest.Refusal> refusal = window.refusal(recoverySince.get(table), seconds());
    return refusal.isPresent()
        ? error(refusal.get().type(), refusal.get().message())
        : accepted(
            call,
            upstream,
            request,
            table,
            new ExportDirectory.Incremental(window.from(), window.to(), window.view()),
            byFile(window.lines(changes, table)));
  }

  private Answer accepted(
      Call call,
      Gateway.Upstream upstream,
      ObjectNode request,
      String table,
      ExportDirectory.Span span,
      List<List<String>> lines)
      throws IOException, InterruptedException {
    JsonNode described =
        read(upstream.forward(call(call, "DescribeTable", named(table))).body()).path("Table");
    Export export =
        new Export(
            new ExportDirectory.Facts(
                String.format("%014d-%08x", seconds().toEpochMilli(), exports.size() + 1),
                request.path("TableArn").asText(),
                described.path("TableId").asText(),
                bucket,
                Optional.ofNullable(request.path("S3Prefix").asText(null)),
                seconds(),
                span),
            request,
            lines,
            nextFailure);
    nextFailure = Optional.empty();
    exports.put(export.facts().arn(), export);
    ExportDirectory.start(directory, export.facts());
    return answer(description(export));
  }

  /** Which file a line is in depends on the line. */
  private List<List<String>> byFile(List<String> lines) {
    List<List<String>> byFile = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      byFile.add(new ArrayList<>());
    }
    lines.forEach(line -> byFile.get(Math.floorMod(line.hashCode(), files)).add(line));
    return byFile;
  }

  private List<String> items(Call call, Gateway.Upstream upstream, String table)
      throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    ObjectNode scan = named(table).put("Limit", SCANNED_A_PAGE).put("ConsistentRead", true);
    JsonNode last;
    do {
      JsonNode page = read(upstream.forward(call(call, "Scan", scan)).body());
      page.path("Items").forEach(item -> lines.add("{\"Item\":" + item + "}"));
      last = page.path("LastEvaluatedKey");
      if (last.isObject()) {
        scan.set("ExclusiveStartKey", last);
      }
    } while (last.isObject());
    return lines;
  }

  private synchronized Answer describe(String arn) throws IOException {
    Export export = exports.get(arn);
    return export == null
        ? error("ExportNotFoundException", "Export not found: " + arn)
        : answer(description(export));
  }

  private ObjectNode description(Export export) throws IOException {
    ExportDirectory.Facts facts = export.facts();
    ObjectNode description = export.request().deepCopy();
    description.put("ExportArn", facts.arn());
    description.put("TableId", facts.tableId());
    description.put("StartTime", facts.started().getEpochSecond());
    description.put("ExportStatus", status(export));
    if (!held && export.failure().isPresent()) {
      description.setAll(export.failure().get());
    } else if (!held) {
      if (written.add(facts.arn())) {
        ExportDirectory.write(directory, facts, export.files());
      }
      description.put("ExportManifest", facts.directory() + "manifest-summary.json");
      description.put("EndTime", seconds().getEpochSecond());
    }
    return wrapped("ExportDescription", description);
  }

  private String status(Export export) {
    return held ? "IN_PROGRESS" : export.failure().isPresent() ? "FAILED" : "COMPLETED";
  }

  /** In reverse order of the ARNs, as the service lists them. */
  private synchronized Answer list(String tableArn) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode summaries = answer.putArray("ExportSummaries");
    for (Export export : new TreeMap<>(exports).descendingMap().values()) {
      if (export.facts().tableArn().equals(tableArn)) {
        summaries
            .addObject()
            .put("ExportArn", export.facts().arn())
            .put("ExportStatus", status(export))
            .put("ExportType", export.request().path("ExportType").asText("FULL_EXPORT"));
      }
    }
    return answer(answer);
  }

  // --- point-in-time recovery ------------------------------------------------------------------

  private synchronized Answer enable(String table) {
    enableRecovery(table);
    return recovery(table);
  }

  private synchronized Answer recovery(String table) {
    ObjectNode recovery = JSON.createObjectNode();
    if (recoverySince.containsKey(table)) {
      recovery
          .put("PointInTimeRecoveryStatus", "ENABLED")
          .put("EarliestRestorableDateTime", recoverySince.get(table).getEpochSecond())
          .put("LatestRestorableDateTime", seconds().getEpochSecond());
    } else {
      recovery.put("PointInTimeRecoveryStatus", "DISABLED");
    }
    ObjectNode backups = JSON.createObjectNode().put("ContinuousBackupsStatus", "ENABLED");
    backups.set("PointInTimeRecoveryDescription", recovery);
    return answer(wrapped("ContinuousBackupsDescription", backups));
  }

  // --- JSON ------------------------------------------------------------------------------------

  private Instant seconds() {
    return now().truncatedTo(ChronoUnit.SECONDS);
  }

  private Instant seconds(JsonNode time) {
    return time.isNumber() ? Instant.ofEpochMilli(Math.round(time.asDouble() * 1000)) : seconds();
  }

  private static Call call(Call like, String operation, ObjectNode body) {
    return like.with("DynamoDB_20120810." + operation, body.toString().getBytes(UTF_8));
  }

  private static ObjectNode named(String table) {
    return JSON.createObjectNode().put("TableName", table);
  }

  private static ObjectNode wrapped(String name, ObjectNode content) {
    ObjectNode object = JSON.createObjectNode();
    object.set(name, content);
    return object;
  }

  private static ObjectNode read(byte[] json) throws IOException {
    return (ObjectNode) JSON.readTree(json);
  }

  private static Answer answer(ObjectNode body) {
    return Answer.of(200, body.toString().getBytes(UTF_8));
  }

  private static Answer error(String type, String message) {
    return Answer.error(400, API + type, message);
  }
}
