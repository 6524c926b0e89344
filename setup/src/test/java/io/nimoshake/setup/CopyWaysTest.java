package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.setup.config.Configuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CopyWaysTest {
  private static final OptionalLong ON_DEMAND = OptionalLong.empty();
  private static final long GIGABYTES_100 = 100L << 30;
  private static final TableSchema TABLE =
      new TableSchema(
          "orders",
          new KeyAttribute("id", KeyAttribute.Type.S),
          Optional.empty(),
          List.of(),
          100_000_000,
          GIGABYTES_100);

  @Test
  void moneyIsByThePricesOfTheConfiguration() throws Exception {
    CopyWays ways = CopyWays.of(configuration("price.export_gb=0.2"), TABLE, ON_DEMAND, false);
    assertEquals(1.6384, ways.scanDollars(), 1e-9);
    assertEquals(20, ways.exportDollars(), 1e-9);
    assertEquals(20, ways.recoveryDollars(), 1e-9);
    assertEquals(0, CopyWays.of(configuration(), TABLE, ON_DEMAND, true).recoveryDollars());
    OptionalLong provisioned = OptionalLong.of(1000);
    assertEquals(0, CopyWays.of(configuration(), TABLE, provisioned, true).scanDollars());
  }

  @Test
  void theFasterWayIsTaken() throws Exception {
    CopyWays unlimited = CopyWays.of(configuration(), TABLE, ON_DEMAND, true);
    assertEquals(unlimited.scan().duration().plus(CopyWays.WAIT), unlimited.export());
    assertFalse(unlimited.takesExport());
    CopyWays slowTable = CopyWays.of(configuration(), TABLE, OptionalLong.of(100), true);
    assertTrue(slowTable.scan().duration().compareTo(Duration.ofHours(30)) > 0);
    assertTrue(slowTable.takesExport());
    assertTrue(slowTable.why().contains("the table's provisioned read capacity"), slowTable.why());
  }

  @Test
  void nothingIsEnabledUnlessTheUserSaysSo() throws Exception {
    OptionalLong slow = OptionalLong.of(100);
    CopyWays off = CopyWays.of(configuration(), TABLE, slow, false);
    assertFalse(off.takesExport());
    assertTrue(off.why().contains("point-in-time recovery is off"), off.why());
    Configuration enables = configuration("export.enable_pitr=true");
    assertTrue(CopyWays.of(enables, TABLE, slow, false).takesExport());
  }

  private static Configuration configuration(String... more) throws Exception {
    List<String> all = new ArrayList<>(List.of("full.source=auto", "export.bucket=exports"));
    all.addAll(List.of(more));
    return Configuration.load(
        Optional.empty(), Map.of("NIMO_SHAKE_TARGET_ADDRESS", "mongodb://h"), all);
  }
}
