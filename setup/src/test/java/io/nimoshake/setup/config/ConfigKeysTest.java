package io.nimoshake.setup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.mapping.yaml.NearestName;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConfigKeysTest {
  /** The keys a configuration of the Go tool can have. */
  static final List<String> GO =
      List.of(
          "conf.version",
          "id",
          "log.file",
          "log.level",
          "log.buffer",
          "pid_path",
          "system_profile",
          "full_sync.http_port",
          "incr_sync.http_port",
          "sync_mode",
          "incr_sync_parallel",
          "source.access_key_id",
          "source.secret_access_key",
          "source.session_token",
          "source.region",
          "source.endpoint_url",
          "source.session.max_retries",
          "source.session.timeout",
          "filter.collection.white",
          "filter.collection.black",
          "qps.full",
          "qps.full.batch_num",
          "qps.incr",
          "qps.incr.batch_num",
          "target.type",
          "target.address",
          "target.mongodb.type",
          "target.db.exist",
          "sync_schema_only",
          "full.concurrency",
          "full.read.concurrency",
          "full.document.concurrency",
          "full.document.write.batch",
          "full.document.parser",
          "full.enable_index.primary",
          "full.enable_index.user",
          "full.executor.insert_on_dup_update",
          "full.read.filter_expression",
          "full.read.filter_attributevalues",
          "increase.concurrency",
          "increase.executor.insert_on_dup_update",
          "increase.executor.upsert",
          "increase.persist.dir",
          "convert.type",
          "convert._id",
          "checkpoint.type",
          "checkpoint.address",
          "checkpoint.db");

  @Test
  void everyKeyOfTheGoToolIsKnown() {
    List<String> unknown = GO.stream().filter(k -> ConfigKeys.find(k).isEmpty()).toList();
    assertEquals(List.of(), unknown);
  }

  @Test
  void everyDeclaredKeyIsInTheTable() throws IllegalAccessException {
    Set<ConfigKey<?>> declared = new HashSet<>();
    List<Field> fields =
        Stream.of(
                GeneralKeys.class,
                SourceKeys.class,
                TargetKeys.class,
                SyncKeys.class,
                ExportKeys.class,
                BackKeys.class,
                OperationKeys.class,
                PriceKeys.class)
            .flatMap(holder -> Arrays.stream(holder.getDeclaredFields()))
            .filter(field -> field.getType() == ConfigKey.class)
            .toList();
    for (Field field : fields) {
      declared.add((ConfigKey<?>) field.get(null));
    }
    assertEquals(declared, new HashSet<>(ConfigKeys.ALL));
    assertEquals(declared.size(), ConfigKeys.ALL.size());
  }

  @Test
  void noTwoKeysShareAnEnvironmentVariable() {
    assertEquals(
        ConfigKeys.ALL.size(),
        ConfigKeys.ALL.stream().map(ConfigKey::environmentVariable).distinct().count());
  }

  @Test
  void meaningsAreSentences() {
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      assertTrue(key.meaning().endsWith("."), key.name());
    }
  }

  @Test
  void aNearKeyIsSuggestedAndAFarOneIsNot() {
    assertEquals(
        Optional.of("target.address"), NearestName.of("target.adress", ConfigKeys.names()));
    assertEquals(Optional.of("sync_mode"), NearestName.of("syncmode", ConfigKeys.names()));
    assertEquals(
        Optional.of("incr_sync.http_port"),
        NearestName.of("incr_sync.http_prt", ConfigKeys.names()));
    assertEquals(Optional.empty(), NearestName.of("x", List.of("in", "all")));
    assertEquals(Optional.of("all"), NearestName.of("al", List.of("in", "all")));
    assertEquals(Optional.empty(), NearestName.of("colour.of.the.sky.today", ConfigKeys.names()));
  }
}
