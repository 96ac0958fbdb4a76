"""The texts of a combo box."""


def fillComboBox(comboBox, texts, index):
    """Give a combo box these texts; index -1: none is chosen."""
    comboBox.clear()
    comboBox.addItems(texts)
    comboBox.currentIndex = index
