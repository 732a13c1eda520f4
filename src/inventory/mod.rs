//! Reads `inventory.yaml`: strict, with every diagnostic in one go.
