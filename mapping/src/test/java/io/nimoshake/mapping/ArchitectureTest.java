package io.nimoshake.mapping;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md for this module. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.nimoshake.mapping");

  @Test
  void usesNoAdapter() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "io.nimoshake.mapping..",
            "io.nimoshake.core.model..",
            "io.nimoshake.core.port..",
            "io.nimoshake.plugin..",
            "org.bson..",
            "org.snakeyaml..",
            "com.google.re2j..",
            "com.fasterxml.jackson.core..")
        .check(OURS);
  }

  /** Else a check by the slow interpreter would find nothing. */
  @Test
  void theSlowInterpreterSharesNoCodeWithTheQuickOne() {
    noClasses()
        .that()
        .resideInAPackage("io.nimoshake.mapping.plain..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.nimoshake.mapping.bytes..")
        .check(OURS);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.nimoshake.(**)").should().beFreeOfCycles().check(OURS);
  }
}
