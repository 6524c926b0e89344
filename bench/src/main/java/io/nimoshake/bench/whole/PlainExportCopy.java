package io.nimoshake.bench.whole;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import io.nimoshake.bench.convert.SdkDocuments;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.bson.Document;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A program that one can write in an afternoon: it unzips the files of an export, parses each line
 * with the JSON of the SDK, builds Documents and calls insertMany, with several threads. Arguments:
 * data file, how often it is read, target, database, collection, threads.
 */
final class PlainExportCopy {
  private static final int BATCH = 1_000;

  private PlainExportCopy() {}

  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    Path file = Path.of(arguments[0]);
    ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(arguments[5]));
    try (MongoClient mongo = MongoClients.create(arguments[2])) {
      MongoCollection<Document> target =
          mongo.getDatabase(arguments[3]).getCollection(arguments[4]);
      List<Future<?>> copies = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
        copies.add(
            threads.submit(
                () -> {
                  copy(file, target);
                  return null;
                }));
      }
      for (Future<?> copy : copies) {
        copy.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static void copy(Path file, MongoCollection<Document> target) throws IOException {
    JsonNodeParser parser = JsonNodeParser.create();
    List<Document> documents = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Document document =
            SdkDocuments.of(map(parser.parse(line).field("Item").orElseThrow().asObject()));
        documents.add(document.append("_id", document.get("id")));
        if (documents.size() == BATCH) {
          target.insertMany(documents, new InsertManyOptions().ordered(false));
          documents = new ArrayList<>();
        }
      }
    }
    if (!documents.isEmpty()) {
      target.insertMany(documents, new InsertManyOptions().ordered(false));
    }
  }

  private static Map<String, AttributeValue> map(Map<String, JsonNode> object) {
    Map<String, AttributeValue> map = new LinkedHashMap<>();
    object.forEach((name, value) -> map.put(name, value(value)));
    return map;
  }

  private static AttributeValue value(JsonNode typed) {
    Map.Entry<String, JsonNode> only = typed.asObject().entrySet().iterator().next();
    JsonNode value = only.getValue();
    return switch (only.getKey()) {
      case "S" -> AttributeValue.fromS(value.asString());
      case "N" -> AttributeValue.fromN(value.asString());
      case "B" -> AttributeValue.fromB(bytes(value));
      case "BOOL" -> AttributeValue.fromBool(value.asBoolean());
      case "NULL" -> AttributeValue.fromNul(true);
      case "M" -> AttributeValue.fromM(map(value.asObject()));
      case "L" ->
          AttributeValue.fromL(value.asArray().stream().map(PlainExportCopy::value).toList());
      case "SS" -> AttributeValue.fromSs(value.asArray().stream().map(JsonNode::asString).toList());
      case "NS" -> AttributeValue.fromNs(value.asArray().stream().map(JsonNode::asString).toList());
      case "BS" ->
          AttributeValue.fromBs(value.asArray().stream().map(PlainExportCopy::bytes).toList());
      default -> throw new IllegalArgumentException("type " + only.getKey());
    };
  }

  private static SdkBytes bytes(JsonNode base64) {
    return SdkBytes.fromByteArrayUnsafe(Base64.getDecoder().decode(base64.asString()));
  }
}
