package io.nimoshake.core;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules of docs/architecture.md for this module. */
class ArchitectureTest {
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.nimoshake.core");

  /** The packages. Each may use only those before it. */
  private static final List<String> PACKAGES =
      List.of("model", "fault", "port", "plan", "flow", "checkpoint", "engine");

  @Test
  void usesNothingButTheJdk() {
    classes()
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.slf4j..", "io.nimoshake.core.."))
        .check(CORE);
  }

  @TestFactory
  Stream<DynamicTest> packagesUseOnlyThoseBeforeThem() {
    return PACKAGES.stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> usesOnlyThoseBefore(name)));
  }

  private static void usesOnlyThoseBefore(String name) {
    String[] later =
        PACKAGES.subList(PACKAGES.indexOf(name) + 1, PACKAGES.size()).stream()
            .map(p -> "io.nimoshake.core." + p + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("io.nimoshake.core." + name + "..")
        .should()
        .dependOnClassesThat(resideInAnyPackage(later))
        // The last package has none after it.
        .allowEmptyShould(true)
        .check(CORE);
  }

  @Test
  void packagesAreTheKnownOnes() {
    classes()
        .should()
        .resideInAnyPackage(
            PACKAGES.stream().map(p -> "io.nimoshake.core." + p).toArray(String[]::new))
        .check(CORE);
  }
}
